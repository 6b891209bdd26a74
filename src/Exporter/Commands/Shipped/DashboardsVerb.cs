using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Commands;

/// <summary>dashboards: prints the shipped dashboards of Grafana, with the changes of a site.</summary>
internal static partial class DashboardsVerb
{
    public static readonly string[] Names = ["fleet", "cluster", "exporter"];

    private static readonly JsonWriterOptions JsonOptions = new()
    {
        Indented = true,
        // As Grafana writes it: no \u0022 for a quote.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    };

    public static Command Create(VerbContext context)
    {
        var name = new Argument<string>("NAME")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = $"{string.Join(", ", Names)}; all of them unless given. Example: cluster",
        };
        var flags = new ShippedFlags(
            ["grafana", "grafana-configmap"],
            "JSON that Grafana imports, or ConfigMaps that the side container of its chart finds; grafana unless given. "
                + "Example: --format=grafana-configmap"
        );
        var folder = new Option<string>("--output")
        {
            HelpName = "DIR",
            Description =
                "Write a file for each dashboard there, in place of stdout. "
                + "Example: --output=/var/lib/grafana/dashboards",
        };
        return new Verb(
            "dashboards",
            """
            Print the dashboards that this program was tested with, with what your site changes.

            Without a flag it is the shipped file, byte for byte.

            Example: clustermgr-exporter dashboards --output=/var/lib/grafana/dashboards

            Exit code: 0 printed or written, 1 a file could not be written, 2 a flag is invalid.
            """,
            [name, .. flags.All, folder],
            (parse, _) =>
            {
                var errors = new List<string>();
                var options = flags.Read(parse, errors);
                var chosen = parse.GetValue(name);
                if (chosen is not null && !Names.Contains(chosen))
                {
                    errors.Add($"there is no dashboard {Quoted.From(chosen)}{WordSuggestion.Hint(chosen, Names)}");
                }
                var session = context.CreateSession();
                return Task.FromResult(
                    Run(
                        chosen is null ? Names : [chosen],
                        options,
                        parse.GetValue(folder),
                        errors,
                        session.Out,
                        session.Error
                    )
                );
            }
        ).ToCommand();
    }

    /// <param name="folder">Null for stdout.</param>
    public static int Run(
        string[] names,
        ShippedOptions options,
        string? folder,
        List<string> errors,
        TextWriter output,
        TextWriter error
    )
    {
        if (folder is null && options.Kubernetes is null && names.Length > 1)
        {
            errors.Add($"name one of {string.Join(", ", names)}, or a folder for all: --output=DIR");
        }
        if (errors.Count > 0)
        {
            return ShippedOutput.Print("", errors, output, error);
        }
        var texts = names.ToDictionary(
            name => options.Kubernetes is null ? $"{name}.json" : $"clustermgr-dashboard-{name}.yaml",
            name => Render(name, options)
        );
        if (folder is null)
        {
            return ShippedOutput.Print(string.Join("---\n", texts.Values), [], output, error);
        }
        try
        {
            Directory.CreateDirectory(folder);
            foreach (var (file, text) in texts)
            {
                File.WriteAllText(Path.Combine(folder, file), text);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"--output {folder}: {e.Message}; name a folder that this user may write to");
            return ExitCodes.Failed;
        }
        error.WriteLine($"written to {folder}: {string.Join(", ", texts.Keys)}");
        return ExitCodes.Done;
    }

    public static string Render(string name, ShippedOptions options)
    {
        var text = ReadShipped(name);
        if (options.Selector is not null || !options.Severities.IsEmpty)
        {
            var dashboard = JsonNode.Parse(text)!;
            Change(dashboard, options);
            using var bytes = new MemoryStream();
            using (var json = new Utf8JsonWriter(bytes, JsonOptions))
            {
                dashboard.WriteTo(json);
            }
            text = Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
        }
        return options.Kubernetes?.Dashboard(name, text) ?? text;
    }

    private static string ReadShipped(string name)
    {
        using var stream = typeof(DashboardsVerb).Assembly.GetManifestResourceStream($"dashboards/{name}.json")!;
        using var text = new StreamReader(stream);
        return text.ReadToEnd();
    }

    /// <summary>Changes the queries of panels, annotations and variables, and the mappings of the values of the label
    /// severity.</summary>
    private static void Change(JsonNode? node, ShippedOptions options)
    {
        switch (node)
        {
            case JsonArray array:
                foreach (var element in array)
                {
                    Change(element, options);
                }
                break;
            case JsonObject @object:
                foreach (var (key, value) in @object.ToList())
                {
                    if (value is JsonValue && value.GetValueKind() == JsonValueKind.String)
                    {
                        var text = value.GetValue<string>();
                        @object[key] = key switch
                        {
                            "expr" or "query" or "definition" => Query(text, options),
                            "options" => options.Severities.GetValueOrDefault(text, text),
                            _ => text,
                        };
                        continue;
                    }
                    Change(value, options);
                }
                Rename(@object, options.Severities);
                break;
        }
    }

    /// <summary>Renames the severities in a mapping of values, {"page": {"text": "page", "color": …}}. All at once:
    /// page may become ticket, and ticket something else.</summary>
    private static void Rename(JsonObject mapping, IReadOnlyDictionary<string, string> severities)
    {
        var looks = severities
            .Where(severity =>
                mapping[severity.Key] is JsonObject look && look["text"]?.GetValue<string>() == severity.Key
            )
            .Select(severity => (severity.Key, severity.Value, Look: (JsonObject)mapping[severity.Key]!))
            .ToList();
        looks.ForEach(one => mapping.Remove(one.Key));
        foreach (var (_, severity, look) in looks)
        {
            look["text"] = severity;
            mapping[severity] = look;
        }
    }

    private static string Query(string query, ShippedOptions options)
    {
        query = Severities()
            .Replace(
                query,
                severity =>
                    severity.Groups["before"].Value
                    + string.Join(
                        '|',
                        severity
                            .Groups["values"]
                            .Value.Split('|')
                            .Select(one => options.Severities.GetValueOrDefault(one, one))
                    )
            );
        return options.Selector?.AddTo(query) ?? query;
    }

    [GeneratedRegex("""(?<before>severity(=~|!~|!=|=)")(?<values>[a-z|]+)""")]
    private static partial Regex Severities();
}
