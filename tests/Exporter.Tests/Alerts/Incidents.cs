using System.Text.Json.Nodes;
using Xunit;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>All incidents that are played against the rules.</summary>
internal static partial class Incidents
{
    public static IReadOnlyList<AlertIncident> All { get; } =
    [
        .. new[]
        {
            OfLeaders(),
            OfVoters(),
            OfMembers(),
            OfPeers(),
            OfNamesakes(),
            OfDisks(),
            OfSpace(),
            OfTasks(),
            OfScheduler(),
            OfVolumes(),
            OfReplacements(),
            OfExporters(),
            Benign(),
            JustBelow(),
            Scenarios(),
        }
            .SelectMany(kind => kind)
            .Select(Coarser),
    ];

    public static TheoryData<string> Names => [.. All.Select(incident => incident.Name)];

    public static AlertIncident Named(string name) => All.Single(incident => incident.Name == name);

    /// <summary>Incidents that last for hours need not be evaluated four times a minute.</summary>
    private static AlertIncident Coarser(AlertIncident incident) =>
        incident.Length > TimeSpan.FromHours(1) && incident.StepSeconds == 15
            ? incident with
            {
                StepSeconds = 60,
                PollSeconds = 30,
            }
            : incident;

    private static JsonNode Raft(JsonNode stat) => stat["raft_status"]!;

    private static JsonNode Space(JsonNode stat) => stat["space_stat"]!;

    private static JsonNode Idc(JsonNode stat, string idc) =>
        Space(stat)["disk_stat_infos"]!.AsArray().First(row => (string)row!["idc"]! == idc)!;

    private static IEnumerable<JsonNode> Idcs(JsonNode stat) =>
        Space(stat)["disk_stat_infos"]!.AsArray().Select(row => row!);

    /// <summary>Changes the row of a peer in the leader's list, if this is the leader's answer.</summary>
    private static void Peer(JsonNode stat, ulong id, Action<JsonNode> change)
    {
        if (Raft(stat)["peers"] is JsonArray peers)
        {
            change(peers.First(row => (ulong)row!["id"]! == id)!);
        }
    }
}
