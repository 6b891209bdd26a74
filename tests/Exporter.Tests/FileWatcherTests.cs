using ClustermgrExporter.Configuration;
using ClustermgrExporter.Hosting;
using ClustermgrExporter.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Xunit;

namespace ClustermgrExporter.Tests;

/// <summary>Secrets that are changed in place, like a mounted Kubernetes secret: by replacing the link
/// ..data.</summary>
public sealed class FileWatcherTests : ILogEventSink, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<string> _log = [];
    private int _version;

    public FileWatcherTests()
    {
        Mount("first");
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "secret"), Path.Combine("..data", "secret"));
        _folder.Write(
            "exporter.yaml",
            "clusters: [{ name: prod, members: [http://127.0.0.1:1], auth: { secret_file: secret } }]\n"
        );
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ANewSecretIsInUseWithin30SecondsAndABadOneIsNot()
    {
        await using var running = await StartAsync();
        Assert.Equal("first", Secret(running));
        await LookAgainAsync();
        Assert.DoesNotContain(_log, line => line.Contains("renewed", StringComparison.Ordinal));

        Mount("second");
        await LookAsync(() => Secret(running) == "second");
        Assert.Contains(
            "Information: secrets or certificates renewed: 0 added, 0 removed, 1 changed (prod), 0 unchanged",
            Log()
        );

        Mount("");
        await LookAsync(() => Log().Any(line => line.Contains("cannot be used", StringComparison.Ordinal)));
        Assert.Equal("second", Secret(running));
        Assert.Contains(
            Log(),
            line =>
                line.StartsWith("Error: ", StringComparison.Ordinal)
                && line.Contains("is empty", StringComparison.Ordinal)
        );
        Assert.Contains(
            "clustermgr_exporter_config_last_reload_successful 0\n",
            await PageAsync(running),
            StringComparison.Ordinal
        );
        await LookAgainAsync();
        Assert.Single(Log(), line => line.Contains("cannot be used", StringComparison.Ordinal)); // logged once

        Mount("third");
        await LookAsync(() => Secret(running) == "third");
        Assert.Contains(
            "clustermgr_exporter_config_last_reload_successful 1\n",
            await PageAsync(running),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            Log(),
            line =>
                line.Contains("second", StringComparison.Ordinal) || line.Contains("third", StringComparison.Ordinal)
        );
    }

    /// <summary>Only the secret is applied.</summary>
    [Fact]
    public async Task TheSettingsBesideANewSecretAreThoseInForce()
    {
        await using var running = await StartAsync();
        _folder.Write(
            "exporter.yaml",
            "clusters: [{ name: other, members: [http://127.0.0.1:1], auth: { secret_file: secret } }]\n"
        );
        Mount("second");
        await LookAsync(() => Secret(running) == "second");
        Assert.Equal("prod", running.Registry.Clusters.Single().Cluster.Name);
    }

    [Fact]
    public async Task ARefusedReloadIsNotForgottenForASecret()
    {
        await using var running = await StartAsync();
        await running.ReloadAsync(() => new ConfigResult(null, ["bad"], [])).WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Mount("second");
        await LookAsync(() => Secret(running) == "second");
        Assert.Contains(
            "clustermgr_exporter_config_last_reload_successful 0\n",
            await PageAsync(running),
            StringComparison.Ordinal
        );
    }

    /// <summary>A file that changes while it is read is read again, such as a key that is written after its
    /// certificate.</summary>
    [Fact]
    public async Task WhatChangesWhileItIsReadIsReadAgain()
    {
        var reads = 0;
        using var watch = new FileWatcher(
            () => [Path.Combine(_folder.Path, "secret")],
            () =>
            {
                if (++reads == 1)
                {
                    Mount("third and longer");
                }
                return Task.FromResult(true);
            },
            _time
        );
        Mount("second");
        await LookAgainAsync();
        Assert.Equal(2, reads);
    }

    [Fact]
    public async Task AFileThatIsGoneAndLinksInARingAreChangesToo()
    {
        var reads = 0;
        var path = Path.Combine(_folder.Path, "secret");
        using var watch = new FileWatcher(
            () => [path],
            () =>
            {
                reads++;
                return Task.FromResult(true);
            },
            _time
        );
        File.Delete(path);
        await LookAgainAsync();
        Assert.Equal(1, reads);
        File.CreateSymbolicLink(path, path);
        await LookAgainAsync(); // the same as a missing file
        File.Delete(path);
        File.WriteAllText(path, "back");
        await LookAgainAsync();
        Assert.Equal(2, reads);
    }

    void ILogEventSink.Emit(LogEvent logEvent)
    {
        lock (_log)
        {
            _log.Add($"{logEvent.Level}: {logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture)}");
        }
    }

    private static string? Secret(RunningExporter running) =>
        running.Registry.Clusters.Single().Cluster.Secret?.Reveal();

    private static async Task<string> PageAsync(RunningExporter running)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        return await http.GetStringAsync(new Uri(running.Url, "metrics"), Ct);
    }

    private List<string> Log()
    {
        lock (_log)
        {
            return [.. _log];
        }
    }

    /// <summary>Like the kubelet: creates a folder for the new version, and then the link to it.</summary>
    private void Mount(string secret)
    {
        var version = Directory.CreateDirectory(Path.Combine(_folder.Path, $"..version-{++_version}"));
        File.WriteAllText(Path.Combine(version.FullName, "secret"), secret);
        var link = Path.Combine(_folder.Path, "..data");
        if (Path.Exists(link))
        {
            File.Delete(link);
        }
        File.CreateSymbolicLink(link, version.Name);
    }

    /// <summary>Three checks, which are 30 s, must be enough; how long a check really takes depends on the
    /// machine.</summary>
    private async Task LookAsync(Func<bool> until)
    {
        for (var look = 0; look < 3 && !until(); look++)
        {
            _time.Advance(FileWatcher.Interval);
            // The last one may take longer.
            for (var wait = 0; wait < (look < 2 ? 20 : 3000) && !until(); wait++)
            {
                await Task.Delay(10, Ct);
            }
        }
        Assert.True(until(), string.Join('\n', Log()));
    }

    /// <summary>Checks three times; nothing must happen.</summary>
    private async Task LookAgainAsync()
    {
        for (var look = 0; look < 3; look++)
        {
            _time.Advance(FileWatcher.Interval);
            await Task.Delay(100, Ct);
        }
    }

    private async Task<RunningExporter> StartAsync()
    {
        var loaded = ConfigLoader.Load(Path.Combine(_folder.Path, "exporter.yaml"), new Dictionary<string, string>());
        Assert.Empty(loaded.Errors);
        var log = new LoggerConfiguration().WriteTo.Sink(this).CreateLogger();
        var options = new ServerOptions([ListenAddress.Parse("127.0.0.1:0", _ => [], out _)!], "/metrics");
        return await RunningExporter.StartAsync(loaded.Config!, options, log, _time, null, loaded.Reload);
    }
}
