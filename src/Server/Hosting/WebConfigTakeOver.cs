using ClustermgrExporter.Configuration;
using ClustermgrExporter.Web.Access;
using Serilog;

namespace ClustermgrExporter.Hosting;

/// <summary>Reads the web configuration again, and takes it over where it is good.</summary>
internal static class WebConfigTakeOver
{
    /// <returns>Whether it was good.</returns>
    public static bool Try(string file, AccessGate access, TimeProvider time, ILogger log)
    {
        var read = WebConfigReader.Load(file, time);
        foreach (var warning in read.Warnings)
        {
            log.Warning("{Warning:l}", warning);
        }
        foreach (var error in read.Errors)
        {
            log.Error("{Error:l}", error);
        }
        if (read.Config is { } config && access.Objection(config) is { Length: > 0 } objection)
        {
            log.Error("{File:l}: {Error:l}", file, objection);
        }
        else if (read.Config is not null)
        {
            access.TakeOver(read.Config);
            return true;
        }
        log.Error(
            "web configuration not taken over, the one before stays in force; mend the errors above, and it is read "
                + "again when a file of it changes"
        );
        return false;
    }
}
