using Xunit;

namespace ClustermgrExporter.Tests.Config;

public sealed class ClusterErrorsTests(ConfigFolder folder) : IClassFixture<ConfigFolder>
{
    private const string Known = "name, members, labels, proxy_url, auth, tasks, tls, schedulers";
    private const string Switches =
        "disk_repair, balance, disk_drop, blob_delete, shard_repair, volume_inspect, "
        + "data_inspect, shard_disk_repair, shard_node_blob_delete";

    [Theory]
    [InlineData(
        "- name: a\n  memebers: [http://h:9998]",
        "2: clusters[0] has no members; list the URL of each, as http://10.0.0.1:9998",
        "3: unknown key \"memebers\" under clusters[0]; did you mean \"members\"?"
    )]
    [InlineData(
        "- name: a\n  members: [http://h:9998]\n  interval: 3s",
        "4: unknown key \"interval\" under clusters[0]; known: " + Known
    )]
    [InlineData(
        "- members: [http://h:9998]",
        "2: clusters[0] has no name; add the name that dashboards and alerts will show"
    )]
    [InlineData(
        "- name:\n  members: [http://h:9998]",
        "2: clusters[0].name has no value; give it one or remove the key"
    )]
    [InlineData(
        "- name: \"  \"\n  members: [http://h:9998]",
        "2: clusters[0].name is blank; give it the name that dashboards and alerts will show"
    )]
    [InlineData(
        "- name: \" a\"\n  members: [http://h:9998]",
        "2: clusters[0].name \" a\" begins or ends with a blank; remove it"
    )]
    [InlineData(
        "- name: \"a\\nb\"\n  members: [http://h:9998]",
        "2: clusters[0].name \"a\\u000ab\" holds a character that does not print; remove it"
    )]
    [InlineData(
        "- name: \"a\\u202Eb\"\n  members: [http://h:9998]",
        "2: clusters[0].name \"a\\u202eb\" holds a character that does not print; remove it"
    )]
    [InlineData("- name: [a]\n  members: [http://h:9998]", "2: clusters[0].name must be a single value, not a list")]
    [InlineData("- http://h:9998", "2: clusters[0] must be a mapping (key: value), not a single value")]
    [InlineData("- ~", "2: clusters[0] must be a mapping (key: value), not nothing")]
    [InlineData("- [a]", "2: clusters[0] must be a mapping (key: value), not a list")]
    [InlineData(
        "- name: a\n  members: [http://h:9998]\n- name: a\n  members: [http://i:9998]",
        "4: clusters[1].name \"a\" is already the name of clusters[0] (line 2); give each cluster its own"
    )]
    [InlineData(
        "- name: a\n  members: [http://h:9998]\n  name: b",
        "4: clusters[0].name is already set on line 2; keep one of the two"
    )]
    [InlineData(
        "- {}",
        "2: clusters[0] has no name; add the name that dashboards and alerts will show",
        "2: clusters[0] has no members; list the URL of each, as http://10.0.0.1:9998"
    )]
    public void ABadClusterIsRefusedWithItsLine(string clusters, params string[] errors) =>
        Assert.Equal(errors, folder.ErrorsOf("clusters:\n" + clusters + "\n"));

    [Theory]
    [InlineData(
        "tasks: { vol_inspect: enabled }",
        "4: clusters[0].tasks.vol_inspect is refused: no version of CubeFS reads that switch, whatever its "
            + "documentation says; volume_inspect is meant"
    )]
    [InlineData(
        "tasks: { disk_repare: enabled }",
        "4: unknown key \"disk_repare\" under clusters[0].tasks; did you mean \"disk_repair\"?"
    )]
    [InlineData(
        "tasks: { compaction: enabled }",
        "4: unknown key \"compaction\" under clusters[0].tasks; known: " + Switches
    )]
    [InlineData("tasks: { balance: true }", "4: clusters[0].tasks.balance is \"true\"; write enabled or disabled")]
    [InlineData("tasks: { balance: Enable }", "4: clusters[0].tasks.balance is \"Enable\"; write enabled or disabled")]
    [InlineData("tasks:\n    balance:", "5: clusters[0].tasks.balance has no value; give it one or remove the key")]
    [InlineData("tasks: [balance]", "4: clusters[0].tasks must be a mapping (key: value), not a list")]
    [InlineData(
        "tasks:\n    balance: on\n    disk_drop: off\n    balance: off",
        "5: clusters[0].tasks.balance is \"on\"; write enabled or disabled",
        "6: clusters[0].tasks.disk_drop is \"off\"; write enabled or disabled",
        "7: clusters[0].tasks.balance is already set on line 5; keep one of the two"
    )]
    public void BadTasksAreRefusedWithTheirLine(string tasks, params string[] errors) =>
        Assert.Equal(errors, folder.ErrorsOf($"clusters:\n- name: a\n  members: [http://h:9998]\n  {tasks}\n"));

    [Fact]
    public void ANameMayBeLongButNotEndless()
    {
        var file = (int length) => $"clusters: [{{ name: {new string('n', length)}, members: [http://h:9998] }}]";
        Assert.Empty(folder.ErrorsOf(file(200)));
        Assert.Equal(["1: clusters[0].name has 201 characters; a name has at most 200"], folder.ErrorsOf(file(201)));
    }

    [Fact]
    public void ErrorsOfAllClustersComeAtOnceInTheOrderOfTheirLines() =>
        Assert.Equal(
            [
                "1: poll_interval \"5\" has no unit; write 5s or 5ms",
                "4: clusters[0].members[0] \"10.0.0.1:9998\" has no scheme; write http://10.0.0.1:9998",
                "5: clusters[1] has no name; add the name that dashboards and alerts will show",
                "6: unknown key \"taks\" under clusters[1]; did you mean \"tasks\"?",
                "8: clusters[2].auth.secret is refused: a secret does not belong in this file, where many can "
                    + "read it; "
                    + "put it into a file or an environment variable and name that by secret_file or secret_env",
                "9: clusters[2].members is empty; list the URL of each, as http://10.0.0.1:9998",
                "10: unknown key \"tiemout\" at the top level; did you mean \"timeout\"?",
            ],
            folder.ErrorsOf(
                """
                poll_interval: 5
                clusters:
                - name: a
                  members: ["10.0.0.1:9998"]
                - members: [http://10.0.0.2:9998]
                  taks: {}
                - name: c
                  auth: { secret: hunter2 }
                  members: []
                tiemout: 2s
                """
            )
        );
}
