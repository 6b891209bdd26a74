using System.CommandLine;
using System.Runtime.InteropServices;
using ClustermgrExporter.Telemetry;

namespace ClustermgrExporter.Commands;

/// <summary>The build, and what it runs on.</summary>
/// <param name="Runtime">".NET 10.0.12".</param>
/// <param name="Platform">"linux-x64".</param>
internal sealed record VersionDocument(string Version, string Revision, string Runtime, string Platform);

/// <summary>version: prints the build, for bug reports and for scripts.</summary>
internal static class VersionVerb
{
    public static Command Create(VerbContext context)
    {
        var output = OutputFlag.Create();
        return new Verb(
            "version",
            """
            Print the version, the commit that it was built from, and what it runs on.

            Example: clustermgr-exporter version -o json
            """,
            [output],
            (parse, _) =>
            {
                var session = context.CreateSession();
                var values = new FlagValues(parse, session.Environment);
                if (output.Json(values) is not { } json)
                {
                    return Task.FromResult(ServeVerb.PrintErrors(values.Errors, ExitCodes.Usage));
                }
                var (version, revision) = BuildVersion.Current;
                var document = new VersionDocument(
                    version,
                    revision,
                    RuntimeInformation.FrameworkDescription,
                    RuntimeInformation.RuntimeIdentifier
                );
                session.Out.Write(
                    json
                        ? CommandJson.Format(document, types => types.VersionDocument)
                        : $"clustermgr-exporter {version}\nrevision  {revision}\nruntime   {document.Runtime}\n"
                            + $"platform  {document.Platform}\n"
                );
                return Task.FromResult(ExitCodes.Done);
            }
        ).ToCommand();
    }
}
