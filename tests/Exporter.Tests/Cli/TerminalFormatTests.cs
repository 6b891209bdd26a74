using ClustermgrExporter.Terminal;
using Xunit;

namespace ClustermgrExporter.Tests.Cli;

public sealed class TerminalFormatTests
{
    [Theory]
    [InlineData(80, null, "", true)]
    [InlineData(80, null, "NO_COLOR=1", false)]
    [InlineData(80, null, "NO_COLOR=", true)] // an empty value does not count, see no-color.org
    [InlineData(80, null, "TERM=dumb", false)]
    [InlineData(80, true, "NO_COLOR=1", true)] // an explicit flag wins
    [InlineData(80, false, "", false)]
    [InlineData(null, null, "", false)]
    [InlineData(null, true, "NO_COLOR=1", true)]
    public void ThereIsColourOnATerminalThatWantsIt(int? columns, bool? asked, string environment, bool colour)
    {
        var variables = environment.Split('=') is [var name, var value]
            ? new Dictionary<string, string> { [name] = value }
            : [];
        Assert.Equal(colour, TerminalFormat.FromEnvironment(columns, asked, variables).Colour);
    }

    [Theory]
    [InlineData(80, 80)]
    [InlineData(7, 40)]
    [InlineData(500, 200)]
    [InlineData(null, 200)]
    public void ItIsAsWideAsTheTerminalWithinReason(int? columns, int expected) =>
        Assert.Equal(
            (expected, columns is not null),
            (
                TerminalFormat.FromEnvironment(columns, null, new Dictionary<string, string>()).Columns,
                TerminalFormat.FromEnvironment(columns, null, new Dictionary<string, string>()).Wraps
            )
        );
}
