using Clustermgr.Admin;
using Clustermgr.Client;
using Clustermgr.Collection;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Hosting;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>The world of the verbs that act on a cluster: this process' terminal, network and clock.</summary>
internal static class ConsoleSession
{
    public static AdminSession OfConsole()
    {
        RunningExporter.SetThreads();
        var names = new NameResolver();
        return new AdminSession(ProgramConsole.Out, ProgramConsole.Error, ProgramConsole.Ask, ProcessEnvironment.Read())
        {
            MachineName = Environment.MachineName,
            Reads = cluster => Collectors.Transport(cluster, names),
            Writes = cluster => ClustermgrTransport.Create(Collectors.Tls(cluster), names),
        };
    }
}
