using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using ClustermgrExporter.EndToEnd.Support;
using ClustermgrExporter.Tests.Dashboards;
using Xunit;
using Element = (System.Collections.Immutable.ImmutableDictionary<string, string> Labels, double Value);

namespace ClustermgrExporter.EndToEnd.Dashboards;

/// <summary>Every query of every dashboard, as Grafana sends it, against a real Prometheus that scrapes real exporters
/// on healthy and broken clusters.</summary>
public sealed class DashboardTests(DashboardClusters clusters) : IClassFixture<DashboardClusters>
{
    private static readonly ImmutableDictionary<string, Dashboard> Dashboards = Dashboard.Names.ToImmutableDictionary(
        name => name,
        name => Dashboard.Load(ProgramUnderTest.Repository, name)
    );

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Panels
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (name, dashboard) in Dashboards)
            {
                foreach (var title in dashboard.Queries.Select(query => query.Panel).Distinct())
                {
                    data.Add(name, title);
                }
            }
            return data;
        }
    }

    public static TheoryData<string> Shipped => [.. Dashboard.Names];

    [Theory]
    [MemberData(nameof(Panels))]
    public async Task APanelShowsWhatItIsThereToShow(string dashboard, string panel)
    {
        Programs.Need("prometheus", "prometheus");
        var facts = FactsOf(dashboard).Where(fact => fact.Panel == panel).ToList();
        var queries = Dashboards[dashboard]
            .Queries.Where(query => query.Panel == panel)
            .ToDictionary(query => query.RefId);

        // Every query needs a fact, or it could show anything.
        Assert.Equal(
            queries.Keys.Order(),
            facts.Where(fact => !fact.Absent).Select(fact => fact.RefId).Distinct().Order()
        );
        foreach (var fact in facts)
        {
            await HoldsAsync(dashboard, queries[fact.RefId], fact);
        }
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void EverythingThatIsSaidOfADashboardIsSaidOfAPanelThatItHas(string dashboard)
    {
        Assert.SkipUnless(Programs.Exist("prometheus"), "prometheus is missing; tests/run-all.sh installs it");

        Assert.Empty(
            FactsOf(dashboard)
                .Select(fact => (fact.Panel, fact.RefId))
                .Except(Dashboards[dashboard].Queries.Select(query => (query.Panel, query.RefId)))
        );
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public async Task EveryQueryCanBeAskedOfEveryCluster(string name)
    {
        Programs.Need("prometheus", "prometheus");

        foreach (var cluster in DashboardClusters.Names)
        {
            foreach (var query in Dashboards[name].Queries)
            {
                await AskAsync(Chosen(name, cluster), query);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public async Task EveryVariableOffersWhatCanBeChosen(string name)
    {
        Programs.Need("prometheus", "prometheus");
        var dashboard = Dashboards[name];
        foreach (var variable in dashboard.QueryVariables)
        {
            string[] expected = Dashboard.Text(variable, "name") switch
            {
                "cluster" => [.. DashboardClusters.Names],
                "idc" => ["z0", "z1", "z2"],
                "exporter" => [.. clusters.Exporters],
                "member" when name == "cluster" => [.. clusters.Members(DashboardClusters.Healthy)],
                "member" => [.. DashboardClusters.Names.SelectMany(cluster => clusters.Members(cluster))],
                var other => throw new InvalidOperationException($"no expected values for {other}"),
            };
            // label_values(SELECTOR, LABEL): the values of that label within the time range.
            var query = Chosen(name, DashboardClusters.Healthy).Of(Dashboard.Text(variable["query"], "query"));
            var selector = query["label_values(".Length..query.LastIndexOf(',')];
            var label = query[(query.LastIndexOf(',') + 2)..^1];
            IEnumerable<string> seen = [];
            await Eventually.HoldsAsync(
                ExporterProcess.Patience,
                query,
                async stop =>
                {
                    var answer = await clusters.Prometheus.GetAsync(
                        $"/api/v1/label/{label}/values?match[]={Uri.EscapeDataString(selector)}&{Times()}",
                        stop
                    );
                    seen = answer["data"]!.AsArray().Select(value => value!.GetValue<string>());
                    return seen.Order(StringComparer.Ordinal).SequenceEqual(expected.Order(StringComparer.Ordinal));
                },
                () => $"{string.Join(", ", seen)}, not {string.Join(", ", expected)}",
                Ct
            );
        }
    }

    [Theory]
    [InlineData("fleet", "Clusters", "F", "cluster", DashboardClusters.Healthy, DashboardClusters.Blind)]
    [InlineData("cluster", "Disks by IDC", "A", "idc", "z1")]
    [InlineData("cluster", "Term", "A", "member")]
    public async Task WhatIsChosenIsShownAndNothingElse(
        string name,
        string panel,
        string refId,
        string variable,
        params string[] values
    )
    {
        Programs.Need("prometheus", "prometheus");
        // The dots in their names must be escaped.
        if (variable == "member")
        {
            values =
            [
                clusters.Member(DashboardClusters.Hung, clusters.Leader(DashboardClusters.Hung)),
                clusters.Follower(DashboardClusters.Hung, DashboardClusters.First + 1),
            ];
        }
        var chosen = Chosen(name, DashboardClusters.Hung);
        chosen = chosen with { Chosen = chosen.Chosen.SetItem(variable, [.. values]) };
        var query = Dashboards[name].Queries.Single(one => one.Panel == panel && one.RefId == refId);

        IReadOnlyList<Element> seen = [];
        await Eventually.HoldsAsync(
            ExporterProcess.Patience,
            $"{panel} of {string.Join(", ", values)} alone",
            async _ =>
                (seen = await AskAsync(chosen, query))
                    .Select(element => element.Labels[variable])
                    .Order()
                    .SequenceEqual(values.Order()),
            () => $"{chosen.Of(query.Expression)}\n{Show(seen)}",
            Ct
        );
    }

    [Fact]
    public async Task AlertsAndChangesOfLeaderAreAnnotated()
    {
        Programs.Need("prometheus", "prometheus");
        foreach (
            var (dashboard, annotation, cluster, label) in ((string, string, string, (string, string)[])[])
                [
                    (
                        "cluster",
                        "Alerts",
                        DashboardClusters.RepairOff,
                        [("alertname", "ClustermgrRepairOffWithBrokenDisks")]
                    ),
                    ("cluster", "Leader changes", DashboardClusters.Elected, []),
                    (
                        "fleet",
                        "Pages",
                        DashboardClusters.RepairOff,
                        [("alertname", "ClustermgrRepairOffWithBrokenDisks"), ("cluster", DashboardClusters.RepairOff)]
                    ),
                    ("fleet", "Leader changes", DashboardClusters.Elected, [("cluster", DashboardClusters.Elected)]),
                    (
                        "exporter",
                        "Alerts",
                        DashboardClusters.Drifting,
                        [("alertname", "ClustermgrSchemaDrift"), ("cluster", DashboardClusters.Drifting)]
                    ),
                    ("exporter", "Leader changes", DashboardClusters.Elected, [("cluster", DashboardClusters.Elected)]),
                ]
        )
        {
            var query = Dashboards[dashboard].Annotations.Single(one => Dashboard.Text(one, "name") == annotation)[
                "target"
            ]!["expr"]!.GetValue<string>();
            IReadOnlyList<Element> seen = [];
            await Eventually.HoldsAsync(
                ExporterProcess.Patience,
                $"{dashboard}: {annotation} of {cluster}",
                async stop =>
                {
                    clusters.Elect();
                    seen = await EverAsync(Chosen(dashboard, cluster).Of(query), stop);
                    return seen.Any(element => Has(element, label));
                },
                () => Show(seen),
                Ct,
                between: TimeSpan.FromSeconds(1)
            );
        }
    }

    [Fact]
    public async Task ARenamedMetricOrLabelIsMissed()
    {
        Programs.Need("prometheus", "prometheus");
        var leader = Dashboards["cluster"].Queries.Single(query => query.Panel == "Leader");
        var fact = FactsOf("cluster").First(one => one.Panel == "Leader");
        await HoldsAsync("cluster", leader, fact);

        foreach (
            var (right, wrong) in ((string, string)[])
                [
                    ("clustermgr_raft_term", "clustermgr_raft_terms"),
                    ("state=\"leader\"", "state=\"leading\""),
                    ("ignoring (state)", "ignoring (role)"),
                ]
        )
        {
            var renamed = leader with
            {
                Expression = leader.Expression.Replace(right, wrong, StringComparison.Ordinal),
            };
            Assert.NotEqual(leader, renamed);
            Assert.False(Holds(fact, await AskAsync(Chosen("cluster", fact.Cluster), renamed)), wrong);
        }
    }

    private IReadOnlyList<Fact> FactsOf(string dashboard) =>
        dashboard switch
        {
            "fleet" => FleetFacts.Of().All,
            "cluster" => ClusterDashboardFacts.Of(clusters).All,
            _ => ExporterFacts.Of(clusters).All,
        };

    /// <summary>On the dashboard Cluster one cluster is selected, on the others all are.</summary>
    private static Interpolation Chosen(string dashboard, string cluster) =>
        new(
            Dashboards[dashboard],
            DashboardClusters.Range,
            DashboardClusters.ScrapeInterval,
            dashboard == "cluster"
                ? ImmutableDictionary<string, ImmutableArray<string>>.Empty.Add("cluster", [cluster])
                : ImmutableDictionary<string, ImmutableArray<string>>.Empty
        );

    private async Task HoldsAsync(string dashboard, PanelQuery query, Fact fact)
    {
        IReadOnlyList<Element> seen = [];
        await Eventually.HoldsAsync(
            ExporterProcess.Patience,
            fact.ToString(),
            async _ => Holds(fact, seen = await AskAsync(Chosen(dashboard, fact.Cluster), query)),
            () => $"{Chosen(dashboard, fact.Cluster).Of(query.Expression)}\n{Show(seen)}",
            Ct
        );
    }

    private static bool Holds(Fact fact, IReadOnlyList<Element> seen)
    {
        var meant = seen.Where(element => Has(element, fact.Labels)).ToList();
        return fact.Absent ? meant.Count == 0 : meant is [var (_, value)] && value >= fact.Least && value <= fact.Most;
    }

    private static bool Has(Element element, IEnumerable<(string Name, string Value)> labels) =>
        labels.All(label => element.Labels.GetValueOrDefault(label.Name) == label.Value);

    /// <summary>The current content of the panel; for a range query, the last values.</summary>
    private async Task<IReadOnlyList<Element>> AskAsync(Interpolation chosen, PanelQuery query)
    {
        var expression = chosen.Of(query.Expression);
        if (query.Instant)
        {
            return
            [
                .. (await clusters.Prometheus.QueryAsync(expression, Ct)).Select(element =>
                    (Labels(element.Labels), element.Value)
                ),
            ];
        }
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return
        [
            .. (await RangeAsync(expression, now - (long)chosen.Range.TotalSeconds, now, Ct))
                .Where(series => series.Values[^1].At == now)
                .Select(series => (series.Labels, series.Values[^1].Value)),
        ];
    }

    /// <summary>All results at any time since the start.</summary>
    private async Task<IReadOnlyList<Element>> EverAsync(string expression, CancellationToken ct) =>
        [
            .. (
                await RangeAsync(
                    expression,
                    clusters.Started.ToUnixTimeSeconds(),
                    TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
                    ct
                )
            ).Select(series => (series.Labels, series.Values[^1].Value)),
        ];

    private async Task<
        IEnumerable<(ImmutableDictionary<string, string> Labels, (double At, double Value)[] Values)>
    > RangeAsync(string expression, long from, long to, CancellationToken ct)
    {
        var answer = await clusters.Prometheus.GetAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"/api/v1/query_range?query={Uri.EscapeDataString(expression)}&start={from}&end={to}&step=1"
            ),
            ct
        );
        return answer["data"]!["result"]!
            .AsArray()
            .Select(series =>
                (
                    Labels(series!["metric"]!.AsObject()),
                    series["values"]!
                        .AsArray()
                        .Select(value =>
                            (
                                value![0]!.GetValue<double>(),
                                double.Parse(value[1]!.GetValue<string>(), CultureInfo.InvariantCulture)
                            )
                        )
                        .ToArray()
                )
            );
    }

    private string Times() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"start={clusters.Started.ToUnixTimeSeconds()}&end={TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}"
        );

    private static ImmutableDictionary<string, string> Labels(JsonObject labels) =>
        labels.ToImmutableDictionary(label => label.Key, label => label.Value!.GetValue<string>());

    private static string Show(IEnumerable<Element> seen) =>
        string.Join(
            '\n',
            seen.Select(element =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{{{string.Join(',', element.Labels.Select(label => $"{label.Key}={label.Value}"))}}} "
                            + $"{element.Value}"
                    )
                )
                .DefaultIfEmpty("nothing")
        );
}
