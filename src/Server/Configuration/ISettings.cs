using Clustermgr.Formatting;

namespace ClustermgrExporter.Configuration;

/// <summary>Settings by the keys of the file: a mapping of it, or flags and variables. What is wrong is told with the
/// name by which the setting was given.</summary>
internal interface ISettings
{
    /// <summary>Null where the key is absent, or holds no single value, which is complained of.</summary>
    string? Text(string key);

    bool Has(string key);

    /// <summary>As the user knows it: clusters[0].tls.ca_file, --clustermgr.tls.ca-file.</summary>
    string NameOf(string key);

    /// <param name="key">Where it points.</param>
    /// <param name="sentence">With the setting's name in it.</param>
    void Error(string key, string sentence);

    /// <inheritdoc cref="Error"/>
    void Warning(string key, string sentence);
}

/// <summary>Reads single values, each with its complaint.</summary>
internal static class SettingValues
{
    public static TimeSpan? Duration(this ISettings settings, string key)
    {
        if (settings.Text(key) is not { } text)
        {
            return null;
        }
        var duration = DurationText.Parse(text, out var error);
        if (duration is null)
        {
            settings.Error(key, $"{settings.NameOf(key)} {error}");
        }
        return duration;
    }

    /// <summary>A duration, or 0 for never.</summary>
    public static TimeSpan? DurationOrOff(this ISettings settings, string key) =>
        settings.Text(key) is "0" or "0s" ? TimeSpan.Zero : settings.Duration(key);

    public static bool? Flag(this ISettings settings, string key)
    {
        if (settings.Text(key) is not { } text)
        {
            return null;
        }
        if (text is not ("true" or "false"))
        {
            settings.Error(key, $"{settings.NameOf(key)} is {Quoted.From(text)}; write true or false");
        }
        return text == "true";
    }

    /// <summary>A text that can be a label.</summary>
    public static string? Name(this ISettings settings, string key)
    {
        if (settings.Text(key) is not { } name)
        {
            return null;
        }
        if (ClusterReader.ObjectionToName(name) is not { Length: > 0 } objection)
        {
            return name;
        }
        settings.Error(key, $"{settings.NameOf(key)} {objection}");
        return null;
    }
}
