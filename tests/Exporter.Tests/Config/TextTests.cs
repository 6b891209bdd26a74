using Clustermgr.Formatting;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace ClustermgrExporter.Tests.Config;

public sealed class TextTests
{
    [Fact]
    public void EveryDurationWithinTheBoundsIsReadAsItIsWritten() =>
        Check.One(
            FsCheck.Config.QuickThrowOnFailure.WithMaxTest(1000),
            Prop.ForAll(
                Arb.From(Gen.Choose(100, 3_600_000)),
                milliseconds =>
                {
                    var duration = TimeSpan.FromMilliseconds(milliseconds);
                    return DurationText.Parse(DurationText.Format(duration), out _) == duration;
                }
            )
        );

    [Theory]
    [InlineData("100ms", 100)]
    [InlineData("60s", 60_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("59m59s999ms", 3_599_999)]
    [InlineData("0h5s", 5000)]
    public void DurationsAreReadAsPrometheusWritesThem(string text, int milliseconds) =>
        Assert.Equal(milliseconds, DurationText.Parse(text, out _)?.TotalMilliseconds);

    [Theory]
    [InlineData("65536", 65536)]
    [InlineData("64KiB", 65536)]
    [InlineData("256MiB", 268_435_456)]
    public void SizesAreReadUpToTheirBounds(string text, int bytes) =>
        Assert.Equal(bytes, ByteSizeText.Parse(text, out _));

    [Theory]
    [InlineData("memebers", "members")]
    [InlineData("member", "members")]
    [InlineData("nmae", "name")]
    [InlineData("task", "tasks")]
    [InlineData("oops", null)]
    [InlineData("", null)]
    [InlineData("x", null)]
    public void TheNearestWordIsOneThatWasPlausiblyMeant(string word, string? nearest) =>
        Assert.Equal(nearest, WordSuggestion.Find(word, ["name", "members", "auth", "tasks", "tls"]));

    [Fact]
    public void AQuotedValueIsOneShortLineWhateverItHolds() =>
        Check.One(
            FsCheck.Config.QuickThrowOnFailure.WithMaxTest(1000),
            Prop.ForAll<string?>(text =>
            {
                var quoted = Quoted.From(text ?? "");
                return quoted.Length < 100 && !quoted.Any(char.IsControl) && quoted[0] == '"' && quoted[^1] == '"';
            })
        );
}
