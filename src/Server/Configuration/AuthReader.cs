using System.Collections.Immutable;
using Clustermgr.Configuration;

namespace ClustermgrExporter.Configuration;

/// <summary>Reads the auth section, which says where the cluster's secret is. The configuration file never holds the
/// secret itself: it is shown to people, kept in version control and quoted in errors.</summary>
internal static class AuthReader
{
    private const string NotHere =
        "is refused: a secret does not belong in this file, where many can read it; "
        + "put it into a file or an environment variable and name that by secret_file or secret_env";

    public static readonly ImmutableArray<string> Keys = ["secret_file", "secret_env"];

    private static readonly Dictionary<string, string> Refused = new()
    {
        ["secret"] = NotHere,
        ["token"] = NotHere,
        ["password"] = NotHere,
    };

    public static Secret? Read(ConfigSection cluster, ConfigContext place)
    {
        if (cluster.Node("auth") is not { } node)
        {
            return null;
        }
        if (
            ConfigSection.Open(node, cluster.GetPath("auth"), place.Problems, Keys, Refused, secretive: true)
            is not { } auth
        )
        {
            return null;
        }
        if (auth.Has("secret_file") || auth.Has("secret_env"))
        {
            return Read(auth, place.Folder, place.Environment);
        }
        // A refused or unknown key was already reported.
        if (node.Entries.Length == 0)
        {
            place.Problems.Error(auth.Line, $"{auth.Path} is empty; name the secret by secret_file or secret_env");
        }
        return null;
    }

    /// <param name="folder">Base folder of relative paths.</param>
    public static Secret? Read(ISettings auth, string folder, IReadOnlyDictionary<string, string> environment) =>
        (auth.Has("secret_file"), auth.Has("secret_env")) switch
        {
            (true, false) => FromFile(auth, folder),
            (false, true) => FromEnvironment(auth, environment),
            (true, true) => Both(auth),
            _ => null,
        };

    private static Secret? FromFile(ISettings auth, string folder)
    {
        if (auth.Text("secret_file") is not { } path)
        {
            return null;
        }
        var secret = SecretSource.FromFile(path, folder, out var error, out var warning);
        if (error.Length > 0)
        {
            auth.Error("secret_file", $"{auth.GetName("secret_file")} {error}");
        }
        if (warning.Length > 0)
        {
            auth.Warning("secret_file", $"{auth.GetName("secret_file")} {warning}");
        }
        return secret;
    }

    private static Secret? FromEnvironment(ISettings auth, IReadOnlyDictionary<string, string> environment)
    {
        if (auth.Text("secret_env") is not { } name)
        {
            return null;
        }
        var secret = SecretSource.FromEnvironment(name, environment, out var error);
        if (error.Length > 0)
        {
            auth.Error("secret_env", $"{auth.GetName("secret_env")}: {error}");
        }
        return secret;
    }

    private static Secret? Both(ISettings auth)
    {
        auth.Error(
            "secret_env",
            $"{auth.GetName("secret_file")} and {auth.GetName("secret_env")} are both given; keep one"
        );
        return null;
    }
}
