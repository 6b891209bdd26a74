using Clustermgr.Formatting;
using ClustermgrExporter.Terminal;
using Xunit;

namespace ClustermgrExporter.Tests.Cli;

public sealed class PrintableTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("prod-z0", 7)]
    [InlineData("Prüfling", 8)]
    [InlineData("機房一", 6)]
    [InlineData("ｆｕｌｌ", 8)]
    [InlineData("ﾊﾝｶｸ", 4)] // half width
    [InlineData("서울", 4)]
    [InlineData("e\u0301", 1)] // a combining mark on the letter before it
    [InlineData("🔥", 2)]
    [InlineData("→", 1)] // ambiguous characters are narrow outside of East Asian locales
    public void AWideCharacterTakesTwoColumns(string text, int columns)
    {
        Assert.Equal(columns, TextWidth.Columns(text));
        Assert.Equal(10, TextWidth.Columns(TextWidth.Pad(text, 10)));
    }

    [Theory]
    [InlineData("\u001b[31m", "\\u001b[31m")]
    [InlineData("a\nb\r\t\u0007\u007f\u009b", "a\\u000ab\\u000d\\u0009\\u0007\\u007f\\u009b")]
    [InlineData("\u202eabc\u2066", "\\u202eabc\\u2066")] // they change the direction of the line
    [InlineData("a\u200bb", "a\\u200bb")] // it is invisible
    [InlineData("機房", "機房")]
    public void WhatDoesNotPrintIsSpeltOut(string text, string shown) => Assert.Equal(shown, Printable.From(text));
}
