using System.Collections;
using System.Text.RegularExpressions;
using Clustermgr.Configuration;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Configuration;

/// <summary>Reads the secret of a cluster's tokens from a file or an environment variable, never from the configuration
/// file or a flag, which other users of the machine can read.</summary>
internal static partial class SecretSource
{
    private const int MaxBytes = 16 << 10;

    /// <summary>Returns null with the reason, which follows the name of the setting.</summary>
    /// <param name="warning">"" or a warning about the file.</param>
    public static Secret? FromFile(string path, string baseFolder, out string error, out string warning)
    {
        error = "";
        warning = "";
        var full = Path.Combine(baseFolder, path);
        var file = FileText.Read(full, MaxBytes);
        var secret = file.Text is null ? null : Validate(file.Text, full, out error);
        if (file.Text is null)
        {
            error = $"{Quoted.From(full)}: {file.Problem}; name a file that holds the secret alone";
        }
        else if (secret is null)
        {
            error = $"{Quoted.From(full)} {error}";
        }
        else if (file.IsWorldReadable)
        {
            warning = $"{Quoted.From(full)} can be read by every user; chmod 0400 it";
        }
        return secret;
    }

    /// <inheritdoc cref="FromFile"/>
    public static Secret? FromEnvironment(
        string name,
        IReadOnlyDictionary<string, string> environment,
        out string error
    )
    {
        // The secret itself, written here by mistake, must not appear in a log. Only names in capitals are quoted.
        var shown = VariableName.IsMatch(name)
            ? $"the environment variable {name}"
            : "the environment variable it names";
        Secret? secret = null;
        if (!environment.TryGetValue(name, out var value))
        {
            error = $"{shown} is not set; set it to the secret, or name a file instead";
        }
        else if ((secret = Validate(value, null, out error)) is null)
        {
            error = $"{shown} {error}";
        }
        return secret;
    }

    // clustermgr's secret is one line of its JSON configuration; an editor adds the newline.
    private static Secret? Validate(string text, string? file, out string error)
    {
        var secret = text.TrimEnd('\r', '\n');
        error = secret switch
        {
            _ when string.IsNullOrWhiteSpace(secret) => "is empty; put the secret there",
            _ when secret.Any(char.IsControl) => "holds more than one line of text; put the secret there alone",
            _ => "",
        };
        return error.Length == 0 ? new Secret(secret) { File = file } : null;
    }

    [GeneratedRegex("^[A-Z_][A-Z0-9_]*$", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName { get; }
}

/// <summary>The environment variables of this process.</summary>
internal static class ProcessEnvironment
{
    /// <summary>Reads the current variables.</summary>
    public static IReadOnlyDictionary<string, string> Read() =>
        Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");
}
