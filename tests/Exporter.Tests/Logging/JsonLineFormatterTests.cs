using System.Text.Json;
using ClustermgrExporter.Logging;
using FsCheck;
using FsCheck.Fluent;
using Serilog;
using Xunit;

namespace ClustermgrExporter.Tests.Logging;

public sealed class JsonLineFormatterTests
{
    private static string Of(Action<ILogger> write) => Lines.Of(new JsonLineFormatter(withStacks: false), write);

    [Fact]
    public void AnEventIsOneObjectWithTheKeysOfLogfmt() =>
        Assert.Equal(
            """{"ts":"2026-01-02T03:04:05.678Z","level":"error","msg":"cluster a \"b\" is blind","cluster":"a """
                + """\"b\"","logger":"X"}"""
                + "\n",
            Of(log => log.ForContext("SourceContext", "X").Error("cluster {cluster} is blind", "a \"b\""))
        );

    [Fact]
    public void NumbersTruthsAndListsKeepTheirKind() =>
        Assert.Equal(
            """{"ts":"2026-01-02T03:04:05.678Z","level":"debug","msg":"x","b":false,"d":0.5,"l":18446744073709551615"""
                + ""","n":null,"nan":"NaN","o":{"A":1},"s":[1,"two"],"t":"00:00:05","z":-1}"""
                + "\n",
            Of(log =>
                log.ForContext("l", ulong.MaxValue)
                    .ForContext("d", 0.5)
                    .ForContext("b", false)
                    .ForContext("n", null)
                    .ForContext("nan", double.NaN)
                    .ForContext("s", new object[] { 1, "two" })
                    .ForContext("z", (sbyte)-1)
                    .ForContext("t", TimeSpan.FromSeconds(5))
                    .ForContext("o", new { A = 1 }, destructureObjects: true)
                    .Debug("x")
            )
        );

    [Fact]
    public void WhateverIsLoggedIsOneLineOfValidJson() =>
        Check.One(
            FsCheck.Config.QuickThrowOnFailure.WithMaxTest(1000),
            Prop.ForAll(
                Arb.From(
                    Gen.ListOf(Gen.Choose(0, 0xffff).Select(code => (char)code)).Select(text => new string([.. text]))
                ),
                text =>
                {
                    var line = Of(log => log.Information("said {text}", text));
                    using var json = JsonDocument.Parse(line);
                    // Half a surrogate pair has no UTF-8 form and becomes U+FFFD; everything else survives.
                    var expected = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
                    return line.IndexOf('\n') == line.Length - 1
                        && json.RootElement.GetProperty("text").GetString() == expected;
                }
            )
        );

    [Fact]
    public void AMessageThatIsOnePropertyIsNotSaidTwice()
    {
        using var json = JsonDocument.Parse(
            Of(log => log.ForContext("cluster", "a").Information("{Sentence:l}", "the leader is gone"))
        );
        Assert.Equal(["ts", "level", "msg", "cluster"], json.RootElement.EnumerateObject().Select(field => field.Name));
        Assert.Equal("the leader is gone", json.RootElement.GetProperty("msg").GetString());
    }
}
