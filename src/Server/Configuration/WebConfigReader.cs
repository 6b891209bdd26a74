using System.Collections.Immutable;
using System.Globalization;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Configuration;

/// <summary>Reads the web configuration, in the format of Prometheus' exporter-toolkit. Options that the toolkit has
/// and this server does not support are errors with their line; they are never ignored.</summary>
internal sealed class WebConfigReader
{
    private const int MaxBytes = 1 << 20;

    /// <summary>bcrypt cost from which there is a warning: one check takes more than two seconds, longer than many
    /// scrapes wait.</summary>
    private const int SlowCost = 15;

    public static readonly ImmutableArray<string> Keys =
    [
        "tls_server_config",
        "http_server_config",
        "rate_limit",
        "basic_auth_users",
    ];

    private static readonly string[] HttpKeys = ["http2", "headers"];
    private static readonly string[] RateKeys = ["interval", "burst"];

    /// <summary>Headers that the toolkit allows, with their allowed values; empty for any value.</summary>
    private static readonly Dictionary<string, string[]> AllowedHeaders = new(StringComparer.Ordinal)
    {
        ["Content-Security-Policy"] = [],
        ["Strict-Transport-Security"] = [],
        ["X-Content-Type-Options"] = ["nosniff"],
        ["X-Frame-Options"] = ["deny", "sameorigin"],
        ["X-XSS-Protection"] = [],
    };

    private readonly ConfigProblems _problems;
    private readonly string _folder;
    private readonly TimeProvider _time;

    private WebConfigReader(ConfigProblems problems, string folder, TimeProvider time)
    {
        _problems = problems;
        _folder = folder;
        _time = time;
    }

    /// <param name="path">As the user named it: messages begin with it.</param>
    public static WebConfigResult Load(string path, TimeProvider time)
    {
        var problems = new ConfigProblems(path);
        var file = FileText.Read(path, MaxBytes);
        if (file.Text is not { } text)
        {
            problems.Error(0, $"{file.Problem}; name a web configuration, docs/configuration.md shows one");
            return problems.ToWebResult(null);
        }
        var full = Path.GetFullPath(path);
        var isEmpty = text.Split('\n').All(row => row.Trim() is "" or ['#', ..]);
        if (isEmpty && YamlSyntax.FindControlCharacterLine(text) == 0)
        {
            return new(WebConfig.None with { Files = [full] }, [], []); // as the toolkit takes it: plain HTTP
        }
        var config = new WebConfigReader(problems, Path.GetDirectoryName(full) ?? "/", time).Read(
            YamlTree.Parse(text, problems)
        );
        if (config?.Users.IsEmpty == false && file.IsWorldReadable)
        {
            problems.Warning(0, "holds hashes of passwords and can be read by every user; chmod 0640 it");
        }
        return problems.ToWebResult(config is null ? null : config with { Files = [full, .. config.Files] });
    }

    private WebConfig? Read(YamlNode? root)
    {
        if (root is null)
        {
            return null;
        }
        if (root.IsNull)
        {
            return WebConfig.None;
        }
        if (ConfigSection.Open(root, "", _problems, Keys) is not { } top)
        {
            return null;
        }
        var (tls, files) = new ServerTlsReader(_problems, _folder, _time.GetUtcNow()).Read(top);
        var http = OpenSection(top, "http_server_config", HttpKeys);
        return new WebConfig
        {
            Tls = tls,
            Http2 = http?.Flag("http2") ?? true,
            Headers = ReadHeaders(http),
            RateLimit = ReadRateLimit(top),
            Users = ReadUsers(top),
            Files = files,
        };
    }

    private ConfigSection? OpenSection(ConfigSection top, string key, IReadOnlyList<string> known) =>
        top.Node(key) is { } node ? ConfigSection.Open(node, top.GetPath(key), _problems, known) : null;

    private ImmutableArray<KeyValuePair<string, string>> ReadHeaders(ConfigSection? http)
    {
        if (http?.Node("headers") is not { } node)
        {
            return [];
        }
        if (ConfigSection.Open(node, http.GetPath("headers"), _problems, [.. AllowedHeaders.Keys]) is not { } section)
        {
            return [];
        }
        var headers = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        foreach (var (name, allowed) in AllowedHeaders)
        {
            if (section.Text(name) is not { Length: > 0 } value)
            {
                continue; // unset if blank
            }
            if (allowed.Length > 0 && !allowed.Contains(value))
            {
                section.Error(
                    name,
                    $"{section.GetPath(name)} is {Quoted.From(value)}; write {string.Join(" or ", allowed)}"
                );
            }
            else if (!value.All(letter => letter is >= ' ' and <= '~'))
            {
                section.Error(name, $"{section.GetPath(name)} holds a character that no header can");
            }
            headers.Add(new(name, value));
        }
        return headers.ToImmutable();
    }

    private RateLimit? ReadRateLimit(ConfigSection top)
    {
        if (OpenSection(top, "rate_limit", RateKeys) is not { } section)
        {
            return null;
        }
        var interval = TimeSpan.Zero;
        if (section.Text("interval") is { } text && text != "0")
        {
            if (ParseInterval(text) is { } known)
            {
                interval = known;
            }
            else
            {
                section.Error(
                    "interval",
                    $"{section.GetPath("interval")} {Quoted.From(text)} is not a duration from 1ms to 1h; write one such as 1s "
                        + "or 100ms, or 0 for no limit"
                );
            }
        }
        var burst = 1;
        if (
            section.Text("burst") is { } many
            && !(
                int.TryParse(many, NumberStyles.None, CultureInfo.InvariantCulture, out burst)
                && burst is >= 1 and <= 1_000_000
            )
        )
        {
            section.Error(
                "burst",
                $"{section.GetPath("burst")} {Quoted.From(many)} is not a number from 1 to 1000000; with less than 1 "
                    + "nothing would be answered"
            );
        }
        return interval > TimeSpan.Zero ? new RateLimit(interval, burst) : null;
    }

    private static TimeSpan? ParseInterval(string text) =>
        DurationText.ParseUnbounded(text) is { } known && known.TotalMilliseconds >= 1 && known.TotalHours <= 1
            ? known
            : null;

    private ImmutableDictionary<string, string> ReadUsers(ConfigSection top)
    {
        var users = WebConfig.None.Users.ToBuilder();
        if (top.Node("basic_auth_users") is not { } node)
        {
            return users.ToImmutable();
        }
        if (ConfigSection.OpenAny(node, top.GetPath("basic_auth_users"), _problems) is not { } section)
        {
            return users.ToImmutable();
        }
        foreach (var name in section.Keys)
        {
            // The hash is never shown: a weak password could be recovered from it.
            if (section.Text(name) is not { } hash)
            {
                continue;
            }
            if (name.Contains(':'))
            {
                section.Error(name, $"the user {Quoted.From(name)} holds a colon, which no login can send");
            }
            else if (BcryptHash.ParseCost(hash) is not { } cost)
            {
                section.Error(
                    name,
                    $"what {Quoted.From(name)} has is not a bcrypt hash; make one with: htpasswd -nBC 10 \"\" | tr -d "
                        + "':\\n'"
                );
            }
            else
            {
                users[name] = hash;
                if (cost >= SlowCost)
                {
                    section.Warning(
                        name,
                        $"the hash of {Quoted.From(name)} has the cost {cost}: a first login takes seconds, longer "
                            + "than many scrapes wait; 10 to 12 is usual"
                    );
                }
            }
        }
        return users.ToImmutable();
    }
}

/// <summary>Parses bcrypt hashes: $2y$10$ and 53 characters.</summary>
internal static class BcryptHash
{
    private const int Letters = 53;

    /// <summary>The cost, for 2^cost rounds; null if it is not a bcrypt hash.</summary>
    public static int? ParseCost(string hash)
    {
        var parts = hash.Split('$');
        return
            parts is ["", "2a" or "2b" or "2x" or "2y", { Length: 2 } cost, { Length: Letters } digest]
            && int.TryParse(cost, NumberStyles.None, CultureInfo.InvariantCulture, out var rounds)
            && rounds is >= 4 and <= 31
            && digest.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '/')
            ? rounds
            : null;
    }

    /// <summary>A hash that no password matches, and that takes as long to check as any of that cost.</summary>
    public static string CreateUnmatchable(int cost) =>
        string.Create(CultureInfo.InvariantCulture, $"$2y${cost:00}${new string('.', Letters)}");
}
