using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Clustermgr.Analysis;
using Clustermgr.Client;
using Clustermgr.Formatting;
using Clustermgr.Parsing;
using Clustermgr.Tests.Client;
using ClustermgrExporter.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using FsConfig = FsCheck.Config;
using Outcome = Clustermgr.Analysis.Outcome;

namespace Clustermgr.Tests.Parsing;

/// <summary>Properties that hold for every body, especially for damaged valid ones.</summary>
public sealed partial class ParserProperties : AskingTests
{
    private static readonly Gen<byte> AnyByte = Gen.Choose(0, 255).Select(i => (byte)i);

    /// <summary>JSON's own characters cause deeper damage than random bytes.</summary>
    private static readonly Gen<byte> JsonByte = Gen.Frequency(
        (3, Gen.Elements("{}[]\",:-0123456789.eEtfnul\\ \n"u8.ToArray())),
        (1, AnyByte)
    );

    [Fact]
    public void AnyBytesAreAReadingOrAReasonAndNeverAnException() =>
        Prop.ForAll(
                JsonByte.ArrayOf().ToArbitrary(),
                bytes =>
                {
                    ReadsOrSaysWhy(StatParser.Parse, bytes);
                    ReadsOrSaysWhy(SwitchParser.Parse, bytes);
                    ReadsOrSaysWhy(DiskPageParser.Parse, bytes);
                    ReadsOrSaysWhy(ServicePageParser.Parse, bytes);
                    Assert.NotNull(ErrorBody.Parse(bytes).Text);
                }
            )
            .Check(FsConfig.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void ARecordedBodyThatWasDamagedShowsNoNumberThatIsNotInIt()
    {
        string[] bodies = [Recorded.MasterStat, Recorded.ReleasedStat, Recorded.Documented];
        var read = 0;
        Prop.ForAll(
                Damaged(bodies).ToArbitrary(),
                bytes =>
                {
                    var reading = ReadsOrSaysWhy(StatParser.Parse, bytes);
                    if (reading is null)
                    {
                        return;
                    }
                    read++;
                    var inBody = NumberToken()
                        .Matches(Encoding.UTF8.GetString(bytes))
                        .Select(match => match.Value)
                        .ToHashSet();
                    // Master omits some counts when they are 0; -0 counts as 0 too.
                    inBody.Add("0");
                    Assert.All(Numbers(reading), number => Assert.Contains(number, inBody));
                }
            )
            .Check(FsConfig.QuickThrowOnFailure.WithMaxTest(5000));
        Assert.True(read > 500, $"only {read} of 5000 damaged bodies were readable: the property was hardly tested");
    }

    [Fact]
    public void ADamagedListIsAPageOrAReason()
    {
        var disks = Recorded.Answers("/disk/list", "healthy.jsonl").Select(a => a.Body).First();
        var services = Recorded.Answers("/service/list", "healthy.jsonl").Select(a => a.Body).First();
        Prop.ForAll(
                Damaged([disks]).ToArbitrary(),
                bytes =>
                {
                    var page = ReadsOrSaysWhy(DiskPageParser.Parse, bytes);
                    var text = Encoding.UTF8.GetString(bytes);
                    Assert.All(
                        page?.Disks ?? [],
                        disk =>
                            Assert.Contains(
                                disk.Id.ToString(CultureInfo.InvariantCulture),
                                text,
                                StringComparison.Ordinal
                            )
                    );
                }
            )
            .Check(FsConfig.QuickThrowOnFailure.WithMaxTest(1000));
        Prop.ForAll(
                Damaged([services]).ToArbitrary(),
                bytes =>
                {
                    ReadsOrSaysWhy(ServicePageParser.Parse, bytes);
                }
            )
            .Check(FsConfig.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void CleanTextIsOneShortPrintableLine() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<string>(),
                text =>
                {
                    var clean = TextSanitizer.Clean(text ?? "", 20);
                    Assert.InRange(clean.Length, 0, 20);
                    Assert.DoesNotContain(clean, char.IsControl);
                    Assert.Equal(clean.Trim(), clean);
                    Assert.Equal(clean, TextSanitizer.Clean(clean, 20));
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public async Task AnyBytesOnTheWireAreAnAnswer()
    {
        var said = Gen.Elements(
            "",
            "HTTP/1.1 ",
            "HTTP/1.1 200 OK\r\n",
            "HTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 404 X\r\n\r\n",
            "HTTP/1.1 100 X\r\n\r\n",
            "HTTP/1.1 302 X\r\nLocation: "
        );
        var wire =
            from head in said
            from tail in Gen.OneOf(AnyByte, JsonByte, Gen.Elements("\r\n: 5;"u8.ToArray())).ArrayOf()
            select (byte[])[.. Encoding.Latin1.GetBytes(head), .. tail];
        foreach (var bytes in wire.Sample(40, 400))
        {
            await using var server = RawServer.Once(bytes);
            var client = Client(server.Url, maxBodyBytes: 100);
            var stat = await Bounded(client.GetStatAsync(Ct));
            Assert.True(stat.Outcome != Outcome.Ok && stat.Detail.Length > 0, Convert.ToBase64String(bytes));
            var disks = await Bounded(client.ListDisksAsync(DiskStatus.Broken, 0, Ct));
            Assert.True(disks.Value is not null == (disks.Outcome == Outcome.Ok), Convert.ToBase64String(bytes));
        }
    }

    private static T? ReadsOrSaysWhy<T>(BodyParser<T> parse, byte[] bytes)
        where T : class
    {
        var value = parse(bytes, out var reason);
        Assert.Equal(value is null, reason.Length > 0);
        return value;
    }

    private static Gen<byte[]> Damaged(string[] bodies) =>
        from body in Gen.Elements(bodies)
        from edits in (
            from kind in Gen.Choose(0, 9)
            from at in Gen.Choose(0, body.Length - 1)
            from value in JsonByte
            select (kind, at, value)
        ).NonEmptyListOf()
        select edits
            .Take(4)
            .Aggregate(Encoding.UTF8.GetBytes(body), (bytes, edit) => Edit(bytes, edit.kind, edit.at, edit.value));

    private static byte[] Edit(byte[] bytes, int kind, int at, byte value)
    {
        if (at >= bytes.Length)
        {
            return bytes;
        }
        return kind switch
        {
            0 => bytes[..at],
            1 or 2 => [.. bytes[..at], .. bytes[(at + 1)..]],
            3 or 4 => [.. bytes[..at], value, .. bytes[at..]],
            5 => [.. bytes[..at], (byte)(bytes[at] ^ 1), .. bytes[(at + 1)..]],
            // Replacing digits by digits keeps it valid JSON, so the number itself is tested.
            _ when char.IsAsciiDigit((char)bytes[at]) =>
            [
                .. bytes[..at],
                (byte)('0' + value % 10),
                .. bytes[(at + 1)..],
            ],
            _ => bytes,
        };
    }

    private static IEnumerable<string> Numbers(StatReading reading)
    {
        // The second text contains every number of a reading, in addition to names and words.
        var text = SecondReading.Of(
            reading with
            {
                LeaderHost = "",
                Raft = reading.Raft with { Peers = [.. reading.Raft.Peers.Select(peer => peer with { Host = "h" })] },
                Blobnodes = Nameless(reading.Blobnodes),
                Shardnodes = Nameless(reading.Shardnodes),
            }
        );
        return text.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)
            .Where(word => char.IsAsciiDigit(word[^1]));
    }

    private static SpaceReading? Nameless(SpaceReading? space) =>
        space is null ? null : space with { Idcs = [.. space.Idcs.Select(idc => idc with { Idc = "z" })] };

    [GeneratedRegex(@"(?<![\w.+-])-?\d+(?![\w.])")]
    private static partial Regex NumberToken();
}
