using Clustermgr.Formatting;

namespace ClustermgrExporter.Configuration;

/// <summary>Settings by the keys of the configuration file, from a mapping of the file or from flags and environment
/// variables. Errors name the setting as the user gave it.</summary>
internal interface ISettings
{
    /// <summary>Returns null if the key is absent, or, with an error, if it has no single value.</summary>
    string? Text(string key);

    bool Has(string key);

    /// <summary>As the user knows it: clusters[0].tls.ca_file, --clustermgr.tls.ca-file.</summary>
    string GetName(string key);

    /// <param name="key">The key that the error is about.</param>
    /// <param name="sentence">With the setting's name in it.</param>
    void Error(string key, string sentence);

    /// <inheritdoc cref="Error"/>
    void Warning(string key, string sentence);
}

/// <summary>Reads single values and reports invalid ones.</summary>
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
            settings.Error(key, $"{settings.GetName(key)} {error}");
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
            settings.Error(key, $"{settings.GetName(key)} is {Quoted.From(text)}; write true or false");
        }
        return text == "true";
    }

    /// <summary>A text that can be a label value.</summary>
    public static string? Name(this ISettings settings, string key)
    {
        if (settings.Text(key) is not { } name)
        {
            return null;
        }
        if (ClusterReader.ValidateName(name) is not { Length: > 0 } objection)
        {
            return name;
        }
        settings.Error(key, $"{settings.GetName(key)} {objection}");
        return null;
    }
}
