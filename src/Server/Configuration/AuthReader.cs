using System.Collections.Immutable;
using Clustermgr.Configuration;

namespace ClustermgrExporter.Configuration;

/// <summary>auth: where the cluster's secret lies. The secret itself never stands in the file of settings, which is
/// shown to people, kept in version control and echoed in errors.</summary>
internal static class AuthReader
{
    private const string NotHere =
        "is refused: a secret does not belong into this file, where many can read it; "
        + "put it into a file or an environment variable and name that by secret_file or secret_env";

    public static readonly ImmutableArray<string> Keys = ["secret_file", "secret_env"];

    private static readonly Dictionary<string, string> Refused = new()
    {
        ["secret"] = NotHere,
        ["token"] = NotHere,
        ["password"] = NotHere,
    };

    public static Secret? Read(ConfigSection cluster, ConfigPlace place)
    {
        if (cluster.Node("auth") is not { } node)
        {
            return null;
        }
        if (
            ConfigSection.Open(node, cluster.PathOf("auth"), place.Problems, Keys, Refused, secretive: true)
            is not { } auth
        )
        {
            return null;
        }
        return (auth.Has("secret_file"), auth.Has("secret_env")) switch
        {
            (true, false) => FromFile(auth, place),
            (false, true) => FromEnvironment(auth, place),
            (true, true) => Both(auth, place),
            _ => Neither(auth, node, place),
        };
    }

    private static Secret? FromFile(ConfigSection auth, ConfigPlace place)
    {
        if (auth.Text("secret_file") is not { } path)
        {
            return null;
        }
        var (line, setting) = (auth.LineOf("secret_file"), auth.PathOf("secret_file"));
        var secret = SecretSource.FromFile(path, place.Folder, out var error, out var warning);
        if (error.Length > 0)
        {
            place.Problems.Error(line, $"{setting} {error}");
        }
        if (warning.Length > 0)
        {
            place.Problems.Warning(line, $"{setting} {warning}");
        }
        return secret;
    }

    private static Secret? FromEnvironment(ConfigSection auth, ConfigPlace place)
    {
        if (auth.Text("secret_env") is not { } name)
        {
            return null;
        }
        var secret = SecretSource.FromEnvironment(name, place.Environment, out var error);
        if (error.Length > 0)
        {
            place.Problems.Error(auth.LineOf("secret_env"), $"{auth.PathOf("secret_env")}: {error}");
        }
        return secret;
    }

    private static Secret? Both(ConfigSection auth, ConfigPlace place)
    {
        place.Problems.Error(auth.Line, $"{auth.Path} has both secret_file and secret_env; keep one");
        return null;
    }

    // Where the only key was refused or unknown, that was said already.
    private static Secret? Neither(ConfigSection auth, YamlNode node, ConfigPlace place)
    {
        if (node.Entries.Length == 0)
        {
            place.Problems.Error(auth.Line, $"{auth.Path} is empty; name the secret by secret_file or secret_env");
        }
        return null;
    }
}
