using Xunit;

namespace ClustermgrExporter.Tests.Config;

public sealed class TopLevelErrorsTests(ConfigFolder folder) : IClassFixture<ConfigFolder>
{
    private const string Clusters = "\nclusters:\n- name: a\n  members: [http://10.0.0.1:9998]\n";
    private const string Known =
        "poll_interval, timeout, task_interval, disk_interval, service_interval, scheduler_interval, volume_scan_interval, stale_after, max_body_bytes, "
        + "dns_servers, cluster_files, clusters, alerting, links";

    private const string Check = "; check indentation, colons and quotes here and on the line before";

    [Theory]
    [InlineData(
        "pol_interval: 5s",
        "1: unknown key \"pol_interval\" at the top level; did you mean \"poll_interval\"?"
    )]
    [InlineData(
        "pollInterval: 5s",
        "1: unknown key \"pollInterval\" at the top level; did you mean \"poll_interval\"?"
    )]
    [InlineData("TIMEOUT: 2s", "1: unknown key \"TIMEOUT\" at the top level; did you mean \"timeout\"?")]
    [InlineData("scrape_configs: []", "1: unknown key \"scrape_configs\" at the top level; known: " + Known)]
    [InlineData("x: 1", "1: unknown key \"x\" at the top level; known: " + Known)]
    [InlineData("\"a\\nb\": 1", "1: unknown key \"a\\u000ab\" at the top level; known: " + Known)]
    [InlineData("timeout: 2s\n\ntimeout: 3s", "3: timeout is already set on line 1; keep one of the two")]
    [InlineData("timeout:", "1: timeout has no value; give it one or remove the key")]
    [InlineData("timeout: ~", "1: timeout has no value; give it one or remove the key")]
    [InlineData("timeout: [2s]", "1: timeout must be a single value, not a list")]
    [InlineData("timeout:\n  seconds: 2", "2: timeout must be a single value, not a mapping")]
    [InlineData("poll_interval: 5", "1: poll_interval \"5\" has no unit; write 5s or 5ms")]
    [InlineData("poll_interval: 0", "1: poll_interval \"0\" is out of bounds; it must be from 100ms to 1h")]
    [InlineData("poll_interval: 0s", "1: poll_interval \"0s\" is out of bounds; it must be from 100ms to 1h")]
    [InlineData("poll_interval: 99ms", "1: poll_interval \"99ms\" is out of bounds; it must be from 100ms to 1h")]
    [InlineData("poll_interval: 1h1ms", "1: poll_interval \"1h1ms\" is out of bounds; it must be from 100ms to 1h")]
    [InlineData(
        "disk_interval: 999999999d",
        "1: disk_interval \"999999999d\" is out of bounds; it must be from 100ms to 1h"
    )]
    [InlineData("poll_interval: -5s", "1: poll_interval \"-5s\" is negative; write a duration from 100ms to 1h, as 5s")]
    [InlineData(
        "poll_interval: 1.5s",
        "1: poll_interval \"1.5s\" is not a duration; write whole numbers with units, as 500ms, 5s or 1m30s"
    )]
    [InlineData(
        "task_interval: 5 s",
        "1: task_interval \"5 s\" is not a duration; write whole numbers with units, as 500ms, 5s or 1m30s"
    )]
    [InlineData(
        "service_interval: 30s1m",
        "1: service_interval \"30s1m\" is not a duration; write whole numbers with units, as 500ms, 5s or 1m30s"
    )]
    [InlineData(
        "disk_interval: soon",
        "1: disk_interval \"soon\" is not a duration; write whole numbers with units, as 500ms, 5s or 1m30s"
    )]
    [InlineData(
        "disk_interval: \"\"",
        "1: disk_interval \"\" is not a duration; write whole numbers with units, as 500ms, 5s or 1m30s"
    )]
    [InlineData("stale_after: 0", "1: stale_after \"0\" must be a number of failed polls from 1 to 100, as 3")]
    [InlineData("stale_after: 101", "1: stale_after \"101\" must be a number of failed polls from 1 to 100, as 3")]
    [InlineData("stale_after: 3s", "1: stale_after \"3s\" must be a number of failed polls from 1 to 100, as 3")]
    [InlineData("stale_after: -1", "1: stale_after \"-1\" must be a number of failed polls from 1 to 100, as 3")]
    [InlineData(
        "stale_after: 99999999999999999999",
        "1: stale_after \"99999999999999999999\" must be a number of failed polls from 1 to 100, as 3"
    )]
    [InlineData(
        "max_body_bytes: 8MB",
        "1: max_body_bytes \"8MB\" is not a size; write bytes, KiB or MiB, as 8388608 or 8MiB"
    )]
    [InlineData(
        "max_body_bytes: 257MiB",
        "1: max_body_bytes \"257MiB\" is out of bounds; it must be from 64KiB to 256MiB"
    )]
    [InlineData(
        "max_body_bytes: 65535",
        "1: max_body_bytes \"65535\" is out of bounds; it must be from 64KiB to 256MiB"
    )]
    [InlineData(
        "max_body_bytes: 9223372036854775807MiB",
        "1: max_body_bytes \"9223372036854775807MiB\" is out of bounds; it must be from 64KiB to 256MiB"
    )]
    [InlineData("? [a, b]\n: 1", "1: a key at the top level must be a word, not a list")]
    [InlineData(
        "stale_after: &x 3\ndisk_interval: *x",
        "1: anchors (&) are not supported; write each value out where it belongs",
        "2: aliases (*) are not supported; write the value out"
    )]
    [InlineData("stale_after: !!int 3", "1: tags (!) are not supported; remove it")]
    [InlineData("<<: {timeout: 2s}", "1: unknown key \"<<\" at the top level; known: " + Known)]
    [InlineData(
        "poll_interval: 5\ntimeout: 2\nstale_after: x\nfoo: 1",
        "1: poll_interval \"5\" has no unit; write 5s or 5ms",
        "2: timeout \"2\" has no unit; write 2s or 2ms",
        "3: stale_after \"x\" must be a number of failed polls from 1 to 100, as 3",
        "4: unknown key \"foo\" at the top level; known: " + Known
    )]
    public void IsRefusedWithItsLine(string settings, params string[] errors) =>
        Assert.Equal(errors, folder.ErrorsOf(settings + Clusters));

    [Theory]
    [InlineData("", "1: the file is empty; start from exporter.example.yaml")]
    [InlineData("# nothing yet\n", "1: the file is empty; start from exporter.example.yaml")]
    [InlineData("---\n", "1: the file holds no settings; start from exporter.example.yaml")]
    [InlineData("null\n", "1: the file holds no settings; start from exporter.example.yaml")]
    [InlineData("http://10.0.0.1:9998\n", "1: the file must be a mapping (key: value), not a single value")]
    [InlineData("- name: a\n", "1: the file must be a mapping (key: value), not a list")]
    [InlineData("# why\ntimeout: 2s\n", "2: clusters is missing; list at least one cluster with name and members")]
    [InlineData("timeout: 2s\nclusters: []\n", "2: clusters is empty; list at least one cluster with name and members")]
    [InlineData("timeout: 2s\nclusters:\n", "2: clusters has no value; give it one or remove the key")]
    [InlineData("clusters: {a: b}\n", "1: clusters must be a list (lines that begin with -), not a mapping")]
    [InlineData("clusters: a\n", "1: clusters must be a list (lines that begin with -), not a single value")]
    [InlineData("clusters: []\n---\nclusters: []\n", "2: a second document starts here; keep one document in the file")]
    [InlineData("clusters: []\0\nname: a\n", "1: holds a control character; the file must be plain text")]
    [InlineData("timeout: 2s\n\u001b[31m", "2: holds a control character; the file must be plain text")]
    public void AFileWithoutClustersIsRefused(string file, params string[] errors) =>
        Assert.Equal(errors, folder.ErrorsOf(file));

    [Theory]
    [InlineData("clusters:\n\t- name: a\n", "2: indented by a tab; YAML indents by spaces only")]
    [InlineData("clusters:\n-\tname: a\n\tmembers: []\n", "2: indented by a tab; YAML indents by spaces only")]
    [InlineData("clusters: [\n", "2: not YAML: while parsing a node, did not find expected node content" + Check)]
    [InlineData("clusters: [}\n", "1: not YAML: while parsing a node, did not find expected node content" + Check)]
    [InlineData(
        "clusters:\n- name: \"a\n",
        "2: not YAML: while scanning a quoted scalar, found unexpected end of stream" + Check
    )]
    [InlineData("a: b: c\n", "1: not YAML: while scanning a plain scalar value, found invalid mapping" + Check)]
    [InlineData(
        "clusters:\n- name: a\n name: b\n",
        "3: not YAML: while parsing a block mapping, did not find expected key" + Check
    )]
    [InlineData("%YAML 9.9\n---\na: b\n", "1: not YAML: found incompatible YAML document" + Check)]
    [InlineData(
        "key: @at\n",
        "1: not YAML: while scanning for the next token, found character that cannot start any token" + Check
    )]
    [InlineData(
        "key: \"\\xZZ\"\n",
        "1: not YAML: while scanning a quoted scalar, did not find expected hexadecimal number" + Check
    )]
    public void BrokenYamlIsOneLineThatSaysWhatToLookAt(string file, string error) =>
        Assert.Equal([error], folder.ErrorsOf(file));

    [Fact]
    public void NestingThatWouldOverflowTheStackIsRefused()
    {
        var error = Assert.Single(folder.ErrorsOf($"clusters: {new string('[', 20_000)}"));
        Assert.Equal("1: nested too deeply; no setting is deeper than four levels", error);
    }

    [Fact]
    public void AliasesThatWouldMultiplyAreRefusedOneByOne()
    {
        var bomb = "a: &a [x, x]\n" + string.Concat(Enumerable.Range(0, 20).Select(_ => "b: [*a, *a, *a]\n"));
        var errors = folder.ErrorsOf(bomb);
        Assert.Equal(
            60,
            errors.Count(error =>
                error.EndsWith("aliases (*) are not supported; write the value out", StringComparison.Ordinal)
            )
        );
    }

    [Fact]
    public void MoreClustersThanOneExporterPollsAreRefused()
    {
        var clusters = Enumerable.Range(0, 10_001).Select(i => $"- {{ name: c{i}, members: [http://h{i}:9998] }}\n");
        Assert.Equal(
            ["2: clusters has 10001 entries; one exporter polls at most 10000, share them out among several"],
            folder.ErrorsOf("clusters:\n" + string.Concat(clusters))
        );
    }

    [Fact]
    public void TenThousandClustersAreAccepted()
    {
        var clusters = Enumerable.Range(0, 10_000).Select(i => $"- {{ name: c{i}, members: [http://h{i}:9998] }}\n");
        var result = folder.Parse("clusters:\n" + string.Concat(clusters));
        Assert.Empty(result.Errors);
        Assert.Equal("c9999", result.Config!.Clusters[9999].Name);
    }
}
