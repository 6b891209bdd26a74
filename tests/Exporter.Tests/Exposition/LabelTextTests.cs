using System.Text;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace ClustermgrExporter.Tests.Exposition;

public sealed class LabelTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("10.0.0.1:9998", "10.0.0.1:9998")]
    [InlineData("\\", "\\\\")]
    [InlineData("\"", "\\\"")]
    [InlineData("\n", "\\n")]
    [InlineData("a\\nb", "a\\\\nb")]
    [InlineData("\"\\\n\"", "\\\"\\\\\\n\\\"")]
    [InlineData("\r\t\0\u007f", "\r\t\0\u007f")]
    [InlineData("机房-é-😀", "机房-é-😀")]
    [InlineData("{cluster=\"x\"} 1", "{cluster=\\\"x\\\"} 1")]
    public void AValueIsEscapedAsTheFormatsAsk(string value, string written) => Assert.Equal(written, Write(value));

    [Fact]
    public void HalfASurrogatePairBecomesTheReplacementCharacter()
    {
        Assert.Equal("\ufffd", Write("\ud83d"));
        Assert.Equal("a\ufffdb", Write("a\ude00b"));
        Assert.Equal("\ufffd\ufffd", Write("\ude00\ud83d"));
        Assert.Equal("\ufffd\\n\ufffd", Write("\ud83d\n\ude00"));
    }

    [Fact]
    public void AnyLabelValueSurvivesTheWayThroughAPage()
    {
        // Strings of characters that could break a line, and of any other characters.
        var hostile = Gen.Elements(
            '\\',
            '"',
            '\n',
            '\r',
            '\0',
            'n',
            '}',
            '{',
            ',',
            '=',
            ' ',
            '#',
            'é',
            '\u2028',
            '机',
            '\ud83d',
            '\ude00',
            '\ufeff'
        );
        var chars = Gen.OneOf(hostile, ArbMap.Default.GeneratorFor<char>());
        var values = Gen.Select(Gen.ArrayOf(chars), array => new string(array));

        Prop.ForAll(Arb.From(Gen.Two(values)), pair => Survives(pair.Item1, pair.Item2))
            .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    private static bool Survives(string first, string second)
    {
        var family = new FamilyRenderer<int>(
            new Family(new FamilyDescriptor("a", MetricType.Gauge, ["cluster", "b", "c"], "help", "")),
            (lines, _) => lines.Add(true, second, first)
        );
        using var lines = new LineWriter(1, first);
        lines.Write(family, 0);
        byte[] page = [.. family.Family.Header(MetricsFormat.Text004).Span, .. lines.Finish().GetLines(0).Span];

        var read = ExpositionParser.Parse(page, MetricsFormat.Text004).One("a");
        return read.Labels.Select(label => label.Value).SequenceEqual([Valid(first), Valid(second), Valid(first)]);
    }

    private static string Valid(string value) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(value));

    private static string Write(string value)
    {
        var target = new byte[LabelText.MaxBytes(value)];
        return Encoding.UTF8.GetString(target, 0, LabelText.Write(value, target));
    }
}
