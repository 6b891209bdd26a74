using System.Text.Json;
using System.Text.RegularExpressions;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>The calls to clustermgr that the runbooks tell a person to make.</summary>
public sealed partial class RunbookCallTests
{
    /// <summary>The names of the fields in the body of each write.</summary>
    private static readonly Dictionary<string, string[]> WriteFields = new()
    {
        ["/config/set"] = ["key", "value"],
        ["/config/delete?key=vol_inspect"] = [],
        ["/disk/access"] = ["disk_id", "readonly"],
        ["/disk/set"] = ["disk_id", "status"],
        ["/leadership/transfer"] = ["peer_id"],
        ["/member/add"] = ["peer_id", "host", "member_type", "node_host"],
        ["/member/remove"] = ["peer_id"],
        ["/service/unregister"] = ["name", "host"],
    };

    private static readonly string[] ReadPaths =
    [
        "/stat",
        "/config/get",
        "/disk/list",
        "/disk/droppinglist",
        "/service/list",
        "/service/get",
        "/volume/list",
        "/v2/volume/list",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void EveryWriteHasThePathAndTheFieldsThatTheServerReads()
    {
        var writes = Write().Matches(Runbooks).ToList();

        Assert.Equal(WriteFields.Keys.Order(), writes.Select(write => write.Groups["path"].Value).Distinct().Order());
        Assert.Equal(Post().Count(Runbooks), writes.Count);
        Assert.All(
            writes,
            write => Assert.Equal(WriteFields[write.Groups["path"].Value], Fields(write.Groups["body"].Value))
        );
    }

    [Fact]
    public void EveryWriteShowsItsStatusAndIsBounded() =>
        Assert.All(
            Runbooks.Split('\n').Where(line => line.Contains("-X POST", StringComparison.Ordinal)),
            line => Assert.Contains(@"curl -sS -m 15 -w ' %{http_code}\n' -X POST ", line, StringComparison.Ordinal)
        );

    [Fact]
    public void ASwitchIsOnlyEverSetToTheValuesThatWork() =>
        Assert.All(
            Write().Matches(Runbooks).Where(write => write.Groups["path"].Value == "/config/set"),
            write =>
                Assert.Contains(
                    JsonDocument.Parse(write.Groups["body"].Value).RootElement.GetProperty("value").GetString(),
                    SwitchValues
                )
        );

    [Fact]
    public void EveryReadIsOneThatTheServerHas() =>
        Assert.All(Read().Matches(Runbooks), read => Assert.Contains(read.Groups[1].Value, ReadPaths));

    [Theory]
    [InlineData("/stat", "APFTZQAAAACHT8VHY5ieS7Py-0BWC1tt")]
    [InlineData("/config/get?key=disk_repair", "APFTZQAAAACoFdo1E5ShRhgX5qGiUd1q")]
    public async Task TheTokenThatAPersonMakesIsTheOneThatTheServerMakes(string path, string token)
    {
        var (exit, output) = await BashAsync($"TS=1700000000; token '{path}'");

        Assert.Equal((0, token), (exit, output.Trim()));
    }

    [Theory]
    [InlineData("-sS -m 15 http://10.0.0.1:9998/stat", "APFTZQAAAACHT8VHY5ieS7Py-0BWC1tt")]
    [InlineData(
        "-sS -m 15 -w ' %{http_code}\n' 'http://10.0.0.1:9998/config/get?key=disk_repair'",
        "APFTZQAAAACoFdo1E5ShRhgX5qGiUd1q"
    )]
    public async Task ACallThatIsPastedCarriesTheTokenOfItsPath(string arguments, string token)
    {
        var (exit, output) = await BashAsync($"command() {{ printf '%s|' \"$@\"; }}; TS=1700000000; curl {arguments}");

        Assert.Equal(0, exit);
        Assert.StartsWith($"curl|-H|BLOB-STORE-AUTH-TOKEN: {token}|-sS|-m|15|", output, StringComparison.Ordinal);
    }

    private static readonly string[] SwitchValues = ["true", "false"];

    private static string Runbooks => AlertFiles.Text("docs/runbooks.md");

    /// <summary>Runs a line in a shell that has the functions of the introduction.</summary>
    private static async Task<(int Exit, string Output)> BashAsync(string line)
    {
        using var folder = new TempFolder();
        var functions = Markdown
            .Blocks(Runbooks.Split('\n'))
            .Single(block => block.Text.Contains("token()", StringComparison.Ordinal))
            .Text.Replace("/run/secrets/clustermgr", folder.Write("secret", "testsecret\n"), StringComparison.Ordinal);
        return await ExternalTool.RunAsync("bash", ["-c", functions + line], null, Ct);
    }

    private static IEnumerable<string> Fields(string body) =>
        body == ""
            ? []
            : JsonDocument
                .Parse(Placeholder().Replace(body, ":1$1"))
                .RootElement.EnumerateObject()
                .Select(field => field.Name);

    [GeneratedRegex("-X POST '?http://[A-Z]+:9998(?<path>/[^ '\n]+)'?(?: -d '(?<body>[^']+)')?")]
    private static partial Regex Write();

    [GeneratedRegex("-X POST")]
    private static partial Regex Post();

    [GeneratedRegex("curl (?:(?!-X POST)[^\n])*?http://[A-Z0-9.]+:9998(/[a-z0-9/]+)")]
    private static partial Regex Read();

    // PEER and DISK stand for numbers.
    [GeneratedRegex(":[A-Z]+([,}])")]
    private static partial Regex Placeholder();
}
