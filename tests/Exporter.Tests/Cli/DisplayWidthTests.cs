using ClustermgrExporter.Cli;
using Xunit;

namespace ClustermgrExporter.Tests.Cli;

public sealed class DisplayWidthTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("prod-z0", 7)]
    [InlineData("größe", 5)]
    [InlineData("gro\u0308ße", 5)]
    [InlineData("集群", 4)]
    [InlineData("ｅ", 2)]
    [InlineData("クラスタ", 8)]
    [InlineData("한국", 4)]
    [InlineData("🔥x", 3)]
    [InlineData("𠀋", 2)]
    public void ATextTakesAsManyColumnsAsATerminalGivesIt(string text, int columns) => Assert.Equal(columns, DisplayWidth.Of(text));

    [Fact]
    public void ATableStaysStraightBehindWideCharacters()
    {
        var lines = new PlainLines();
        lines.AddTable([["NAME", "STATE"], ["集群一", "ok"], ["a\u001bb", "ok"], ["plain", "ok"]]);
        Assert.Equal("  NAME      STATE\n  集群一    ok\n  a\\u001bb  ok\n  plain     ok\n", lines.ToString());
    }
}
