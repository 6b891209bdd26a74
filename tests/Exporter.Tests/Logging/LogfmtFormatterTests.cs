using ClustermgrExporter.Logging;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace ClustermgrExporter.Tests.Logging;

public sealed class LogfmtFormatterTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("http://10.0.0.1:9998/stat?a", "http://10.0.0.1:9998/stat?a")]
    [InlineData("", "\"\"")]
    [InlineData("two words", "\"two words\"")]
    [InlineData("a=b", "\"a=b\"")]
    [InlineData("say \"hi\"", "\"say \\\"hi\\\"\"")]
    [InlineData("C:\\x", "\"C:\\\\x\"")]
    [InlineData("a\r\n\tb", "\"a\\r\\n\\tb\"")]
    [InlineData("\0\u001b[31m\u0085\u2028", "\"\\u0000\\u001b[31m\\u0085\\u2028\"")]
    [InlineData("Zürich", "\"Zürich\"")]
    [InlineData("🙂", "\"🙂\"")]
    public void AValueIsQuotedWhereItCouldBeMisread(string value, string escaped) =>
        Assert.Equal(escaped, LogfmtFormatter.Escape(value));

    [Fact]
    public void HalfASurrogatePairIsEscapedBecauseItHasNoUtf8() =>
        Assert.Equal("\"a\\ud83d\"", LogfmtFormatter.Escape("a\ud83d"));

    [Fact]
    public void WhateverIsWrittenReadsBackTheSameFromOneLine() =>
        Check.One(
            FsCheck.Config.QuickThrowOnFailure.WithMaxTest(2000),
            Prop.ForAll(
                Arb.From(
                    Gen.ListOf(
                            Gen.OneOf(
                                Gen.Choose(0, 0xffff).Select(code => (char)code),
                                Gen.Elements("\"\\\n\r\t =a\u0001\ud83d\ude42".ToCharArray())
                            )
                        )
                        .Select(letters => new string([.. letters]))
                ),
                text =>
                {
                    var line = $"a={LogfmtFormatter.Escape(text)} b={LogfmtFormatter.Escape(text)}";
                    return !line.Any(char.IsControl)
                        && LogfmtReader.Read(line) is [("a", var a), ("b", var b)]
                        && a == text
                        && b == text;
                }
            )
        );

    [Fact]
    public void AnEventIsOneLineOfKeysAndValues() =>
        Assert.Equal(
            "ts=2026-01-02T03:04:05.678Z level=info msg=\"cluster prod z0 has 3 members\" cluster=\"prod z0\" "
                + "members=3\n",
            Lines.Of(false, log => log.Information("cluster {cluster} has {members} members", "prod z0", 3))
        );

    [Fact]
    public void KeysAreSnakeCaseAndNeverThoseOfTheLineItself() =>
        Assert.Equal(
            "ts=2026-01-02T03:04:05.678Z level=warn msg=hi a_b=4 field_msg=2 field_ts=3 logger=Some.Class "
                + "member_name=1\n",
            Lines.Of(
                false,
                log =>
                    log.ForContext("SourceContext", "Some.Class")
                        .ForContext("MemberName", 1)
                        .ForContext("Msg", 2)
                        .ForContext("ts", 3)
                        .ForContext("a b", 4)
                        .Warning("hi")
            )
        );

    [Fact]
    public void ValuesOfEveryKindAreWrittenTheSameEverywhere() =>
        Assert.Equal(
            "ts=2026-01-02T03:04:05.678Z level=info msg=x b=true d=1.5 "
                + "l=18446744073709551615 n=null s=\"[1, 2]\" t=00:00:05\n",
            Lines.Of(
                false,
                log =>
                    log.ForContext("l", ulong.MaxValue)
                        .ForContext("d", 1.5)
                        .ForContext("b", true)
                        .ForContext("n", null)
                        .ForContext("t", TimeSpan.FromSeconds(5))
                        .ForContext("s", new[] { 1, 2 })
                        .Information("x")
            )
        );

    [Fact]
    public void AnExceptionIsOneFieldWithItsCauses() =>
        Assert.Equal(
            "ts=2026-01-02T03:04:05.678Z level=warn msg=failed "
                + "err=\"InvalidOperationException: outer\\nline <- IOException: no space\"\n",
            Lines.Of(
                false,
                log => log.Warning(new InvalidOperationException("outer\nline", new IOException("no space")), "failed")
            )
        );

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void TheStackIsShownAtDebugLevelAndForErrors(bool withStacks, bool asError)
    {
        var line = Lines.Of(
            withStacks,
            log =>
                log.Write(
                    asError ? Serilog.Events.LogEventLevel.Error : Serilog.Events.LogEventLevel.Warning,
                    Thrown(),
                    "failed"
                )
        );
        var fields = LogfmtReader.Read(line.TrimEnd('\n'));
        Assert.Equal(["ts", "level", "msg", "err", "stack"], fields.Select(field => field.Key));
        Assert.Contains(nameof(Thrown), fields[4].Value, StringComparison.Ordinal);
        Assert.Equal(1, line.Count(character => character == '\n'));
    }

    private static InvalidOperationException Thrown()
    {
        try
        {
            throw new InvalidOperationException("bug");
        }
        catch (InvalidOperationException e)
        {
            return e;
        }
    }
}
