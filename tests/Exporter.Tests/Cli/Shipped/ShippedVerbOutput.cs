using Clustermgr.Admin;
using ClustermgrExporter.Commands;
using Xunit;

namespace ClustermgrExporter.Tests.Cli.Shipped;

/// <summary>Runs verbs that ask no cluster.</summary>
internal static class ShippedVerbOutput
{
    public static (int Exit, string Output, string Error) Run(params string[] arguments)
    {
        using StringWriter output = new(),
            error = new();
        var session = new AdminSession(output, error, null, new Dictionary<string, string>())
        {
            CreateReadTransport = _ => throw new InvalidOperationException("no cluster is asked"),
            CreateWriteTransport = _ => throw new InvalidOperationException("no cluster is asked"),
        };
        var parse = CommandLine.Create(new VerbContext(() => session)).Parse(arguments);
        Assert.Empty(parse.Errors);
        return (parse.Invoke(), output.ToString(), error.ToString());
    }
}
