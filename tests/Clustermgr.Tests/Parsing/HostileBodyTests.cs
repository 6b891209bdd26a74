using System.Text;
using Clustermgr.Analysis;
using Clustermgr.Parsing;
using Clustermgr.Tests.Client;
using Xunit;

namespace Clustermgr.Tests.Parsing;

/// <summary>Bodies that no clustermgr should send.</summary>
public sealed class HostileBodyTests : AskingTests
{
    private const string Raft = "\"raft_status\":{\"node_id\":1,\"term\":2,\"raft_state\":\"StateLeader\",\"leader\":1";

    [Theory]
    [InlineData("", "not JSON: ")]
    [InlineData("  ", "not JSON: ")]
    [InlineData("null", "the body is not an object at byte 0")]
    [InlineData("[]", "the body is not an object at byte 0")]
    [InlineData("\"true\"", "the body is not an object at byte 0")]
    [InlineData("{}", "there is no raft_status")]
    [InlineData("{\"raft_status\":null}", "raft_status is not an object at byte 15")]
    [InlineData("{\"raft_status\":{}}", "raft_status has neither node_id nor nodeId")]
    [InlineData(
        "{\"raft_status\":{\"node_id\":1,\"term\":2,\"leader\":1}}",
        "raft_status.raft_state is missing or of another type"
    )]
    [InlineData(
        "{\"raft_status\":{\"nodeId\":1,\"term\":2,\"leader\":1}}",
        "raft_status.raftState is missing or of another type"
    )]
    [InlineData("{" + Raft + "}} {}", "not JSON: '{' is invalid after a single JSON value")]
    [InlineData("{" + Raft + "}}x", "not JSON: 'x' is invalid after a single JSON value")]
    [InlineData("{" + Raft + "}", "not JSON: ")]
    [InlineData("{" + Raft + ",\"vote\":NaN}}", "not JSON: 'N' is an invalid start of a value. at byte 82")]
    [InlineData("{" + Raft + ",\"vote\":01}}", "not JSON: ")]
    [InlineData("{\n\n" + Raft + ",\n\"vote\":!}}", "not JSON: '!' is an invalid start of a value. at byte 85")]
    [InlineData("{" + Raft + "},}", "not JSON: ")]
    [InlineData("{/* */" + Raft + "}}", "not JSON: ")]
    [InlineData("{" + Raft + ",\"nodeId\":9}}", "raft_status.node_id comes twice at byte 75")]
    [InlineData("{" + Raft + ",\"term\":2}}", "raft_status.term comes twice")]
    [InlineData("{" + Raft + "},\"read_only\":true,\"read_only\":false}", "read_only comes twice")]
    [InlineData(
        "{" + Raft + ",\"peers\":[{\"id\":7},{\"id\":8},{\"id\":7}]}}",
        "two rows of raft_status.peers[] have the same key"
    )]
    [InlineData(
        "{" + Raft + "},\"space_stat\":{\"disk_stat_infos\":[{\"idc\":\"a\"},{\"idc\":\"\\u0061\"}]}}",
        "two rows of space_stat.disk_stat_infos[] have the same key"
    )]
    [InlineData("{" + Raft + "},\"leader_host\":\"\\ud800\"}", "a string holds half of a surrogate pair")]
    public void ItIsNoReadingAndTheReasonSaysWhatAndWhere(string body, string reason)
    {
        Assert.Null(StatParser.Parse(Encoding.UTF8.GetBytes(body), out var said));
        Assert.StartsWith(reason, said, StringComparison.Ordinal);
    }

    [Fact]
    public void AByteOrderMarkAndBrokenUtf8AreNamed()
    {
        Assert.Null(StatParser.Parse([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(SmallStat)], out var mark));
        Assert.Equal("a byte order mark at byte 0", mark);
        byte[] broken = [.. "{\"x\":\""u8, 0xFF, .. "\","u8, .. Encoding.UTF8.GetBytes(SmallStat[1..])];
        Assert.Null(StatParser.Parse(broken, out var utf8));
        Assert.Equal("the body is not UTF-8", utf8);
    }

    [Fact]
    public void ADeepNestIsRefusedEvenInAFieldThatWeDoNotRead()
    {
        var deep = new string('[', 100_000) + new string(']', 100_000);
        var body = Encoding.UTF8.GetBytes("{\"new\":" + deep + "," + SmallStat[1..]);
        Assert.Null(StatParser.Parse(body, out var reason));
        Assert.StartsWith("not JSON: The maximum configured depth of 16 ", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ARowWithoutItsKeyEmptiesTheListInsteadOfCountingTooFew()
    {
        var reading = StatParser.Parse(
            Encoding.UTF8.GetBytes(
                "{"
                    + Raft
                    + ",\"peers\":[{\"id\":7},{\"host\":\"x\"}]},"
                    + "\"space_stat\":{\"disk_stat_infos\":[{\"idc\":\"a\"},7]}}"
            ),
            out _
        );
        Assert.Empty(reading!.Raft.Peers);
        Assert.Empty(reading.Blobnodes!.Idcs);
        var missing = reading.SchemaFindings.Where(f => f.Kind == SchemaFindingKind.MissingField).Select(f => f.Path);
        Assert.Contains("raft_status.peers[].id", missing);
        Assert.Contains("space_stat.disk_stat_infos[]", missing);
    }

    [Fact]
    public void RowsAreSortedAndFindingsOfManyRowsAreOne()
    {
        var reading = StatParser.Parse(
            Encoding.UTF8.GetBytes(
                "{"
                    + Raft
                    + ",\"peers\":[{\"id\":18446744073709551615},{\"id\":2},{\"id\":9}]},"
                    + "\"space_stat\":{\"disk_stat_infos\":"
                    + "[{\"idc\":\"z\"},{\"idc\":\"Z\"},{\"idc\":\"\"},{\"idc\":\"é\"}]}}"
            ),
            out _
        )!;
        Assert.Equal([2, 9, ulong.MaxValue], reading.Raft.Peers.Select(peer => peer.Id));
        Assert.Equal(["", "Z", "z", "é"], reading.Blobnodes!.Idcs.Select(idc => idc.Idc));
        Assert.Equal(reading.SchemaFindings.Distinct(), reading.SchemaFindings);
    }

    [Fact]
    public void UnknownFieldsAreNamedOnceCleanedCutAndCounted()
    {
        var unknown = string.Join(",", Enumerable.Range(0, 1000).Select(i => $"\"new{i}\":{{\"deep\":[1,2]}}"));
        var long_ = new string('n', 5000);
        var body =
            "{\""
            + long_
            + "\":1,\"a\\u202eb\u0085c\":1,"
            + Raft
            + ",\"quorum\":1,\"peers\":[{\"id\":1,\"zone\":1},{\"id\":2,\"zone\":2}]},"
            + unknown
            + "}";
        var found = StatParser
            .Parse(Encoding.UTF8.GetBytes(body), out _)!
            .SchemaFindings.Where(f => f.Kind == SchemaFindingKind.UnknownField)
            .Select(f => f.Path)
            .ToList();
        Assert.Equal(32, found.Count);
        Assert.Equal(found.Distinct(), found);
        Assert.Equal(new string('n', 63) + "…", found[0]);
        Assert.Contains("raft_status.quorum", found);
        Assert.Contains("raft_status.peers[].zone", found);
        Assert.All(found, path => Assert.DoesNotContain(path, char.IsControl));
        Assert.DoesNotContain("raft_status.node_id", found);
    }

    [Fact]
    public void OfHundredThousandsOfIdcsTheFirstAreKeptAndTheOthersCounted()
    {
        var rows = string.Join(",", Enumerable.Range(0, 300_000).Select(i => $"{{\"idc\":\"{i}\"}}"));
        var body = Encoding.UTF8.GetBytes("{" + Raft + "},\"space_stat\":{\"disk_stat_infos\":[" + rows + "]}}");
        var reading = StatParser.Parse(body, out _);
        Assert.Equal(
            (Thresholds.MaxIdcs, 300_000 - Thresholds.MaxIdcs),
            (reading?.Blobnodes?.Idcs.Length, reading?.Cuts)
        );
    }

    [Theory]
    [InlineData("z0", "z0", false)]
    [InlineData("a\"b\n\t", "a\"b\n\t", false)]
    [InlineData("\u001b[31mz\u202e0\u0085", "\\u001b[31mz\\u202e0\\u0085", false)]
    [InlineData("机房", "机房", false)]
    public void TextIsSpeltOutWhereItDoesNotPrint(string text, string shown, bool cut)
    {
        Assert.Equal(shown, MemberText.Truncate(text, out var wasCut));
        Assert.Equal(cut, wasCut);
    }

    [Theory]
    [InlineData("x", 256, false)]
    [InlineData("x", 257, true)]
    [InlineData("机", 85, false)]
    [InlineData("机", 86, true)]
    [InlineData("😀", 64, false)]
    [InlineData("😀", 65, true)]
    [InlineData("\u001b", 100, true)]
    [InlineData("x", 8_000_000, true)]
    public void ALongTextIsCutAtACharacterAndCounted(string unit, int times, bool cut)
    {
        var shown = MemberText.Truncate(string.Concat(Enumerable.Repeat(unit, times)), out var wasCut);
        Assert.Equal((cut, cut), (wasCut, shown.EndsWith('…')));
        Assert.InRange(Encoding.UTF8.GetByteCount(shown), MemberText.MaxBytes - 10, MemberText.MaxBytes);
        Assert.DoesNotContain('\ufffd', shown);
    }
}
