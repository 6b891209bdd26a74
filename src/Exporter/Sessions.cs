using ClustermgrExporter.Admin;
using ClustermgrExporter.Clustermgr;
using ClustermgrExporter.Config;
using ClustermgrExporter.Polling;

namespace ClustermgrExporter;

/// <summary>The world of the verbs that act on a cluster: this process' terminal, network and clock.</summary>
internal static class Sessions
{
    public static Session OfConsole()
    {
        Running.SetThreads();
        var names = new NameResolver();
        return new Session(Console.Out, Console.Error, Console.IsInputRedirected ? null : AskAsync, EnvironmentNames.Read())
        {
            MachineName = Environment.MachineName,
            Reads = cluster => Collectors.Transport(cluster, names),
            Writes = cluster => ClustermgrTransport.Create(Collectors.Tls(cluster), names),
        };
    }

    private static async Task<string?> AskAsync(string question, CancellationToken ct)
    {
        Console.Error.Write(question);
        // Console.In reads lines on the caller's thread, which then sees no signal until somebody types; and a read that has
        // begun does not end before that.
        var input = new StreamReader(Console.OpenStandardInput(), Console.InputEncoding);
        return await input.ReadLineAsync(ct).AsTask().WaitAsync(ct);
    }
}
