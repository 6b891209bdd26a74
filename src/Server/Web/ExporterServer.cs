using System.Diagnostics;
using System.Globalization;
using Clustermgr.Formatting;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Telemetry;
using ClustermgrExporter.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Prometheus;
using Serilog;
using Serilog.AspNetCore;
using Serilog.Events;

namespace ClustermgrExporter.Web;

/// <summary>The exporter's own HTTP server.</summary>
internal sealed class ExporterServer : IAsyncDisposable
{
    /// <summary>Time for scrapes in flight to finish at shutdown.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Idle time of a connection; longer than a scrape interval of one minute.</summary>
    private static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromSeconds(90);

    /// <summary>From the first byte of a request to the last of its headers.</summary>
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(5);

    private readonly WebApplication _app;

    private ExporterServer(WebApplication app) => _app = app;

    /// <summary>The first address on which it listens, with the actual port for port 0; a wildcard is shown as
    /// localhost.</summary>
    public Uri Url => new(Addresses.FirstOrDefault(IsTcp, "http://localhost"));

    /// <summary>All of them; a unix socket as unix:/path.</summary>
    public IEnumerable<string> Addresses =>
        _app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.Select(address =>
                address
                    .Replace("[::]", "localhost", StringComparison.Ordinal)
                    .Replace("0.0.0.0", "localhost", StringComparison.Ordinal)
                    .Replace("http://unix:", "unix:", StringComparison.Ordinal)
                    .Replace("https://unix:", "unix:", StringComparison.Ordinal)
            );

    private static bool IsTcp(string address) => address.StartsWith("http", StringComparison.Ordinal);

    /// <param name="access">Checks logins and limits requests.</param>
    /// <param name="gate">Limits the connections.</param>
    /// <exception cref="IOException">The address cannot be bound.</exception>
    public static async Task<ExporterServer> StartAsync(
        ServerOptions options,
        PageRouter site,
        ExporterTelemetry telemetry,
        AccessGate access,
        ConnectionGate gate,
        ILogger log
    )
    {
        // The empty builder: no appsettings.json of whatever folder we start in, no ASPNETCORE_ variables.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSerilog(log, dispose: false);
        builder.Services.AddSingleton<IHostLifetime, NoSignalLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel => Listen(kestrel, options, access))
            // A scrape copies bytes and waits for nothing: handing it to another thread costs more than serving it.
            .UseSockets(options => options.UnsafePreferInlineScheduling = true);
        if (access.Config.Tls is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }
        builder.Services.AddSingleton<IConnectionListenerFactory>(services => new GatedListenerFactory(
            ActivatorUtilities.CreateInstance<SocketTransportFactory>(services),
            gate
        ));
        var app = builder.Build();
        ConfigurePipeline(app, site, telemetry, log, access, options.RoutePrefix);
        try
        {
            await site.WarmUpAsync();
            await app.StartAsync();
            return new ExporterServer(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds the pages, with metrics about requests. Scrapes are not measured: the scraper does that, and they
    /// may come thousands of times a second. At debug level every request is logged.</summary>
    /// <param name="access">Null inside another program's host, which has its own access control.</param>
    /// <param name="prefix">Prefix of all paths; "" for none.</param>
    public static void ConfigurePipeline(
        IApplicationBuilder app,
        PageRouter site,
        ExporterTelemetry telemetry,
        ILogger log,
        AccessGate? access = null,
        string prefix = ""
    )
    {
        var logged = log.IsEnabled(LogEventLevel.Debug);
        app.Use(next =>
            context =>
            {
                var answer = AnswerOutsidePrefix(context, prefix);
                if (answer is null)
                {
                    var page = site.Find(context.Request.Path);
                    var direct = !logged && ReferenceEquals(page, site.Metrics);
                    if (!direct)
                    {
                        context.SetEndpoint(page);
                    }
                    answer = direct ? page.RequestDelegate! : next;
                }
                return ConnectionGate.AnswerAsync(
                    context,
                    access is null or { IsOpen: true }
                        ? answer(context)
                        : CheckAccessAsync(access, context, answer, telemetry)
                );
            }
        );
        if (logged)
        {
            app.UseSerilogRequestLogging(options => Describe(options, log));
        }
        app.UseWhen(
            context => !ReferenceEquals(context.GetEndpoint(), site.Metrics),
            measured =>
                measured
                    .UseHttpMetrics(options =>
                    {
                        options.CaptureMetricsUrl = true; // a page that is called /metrics and is not the scraped one
                        options.RequestCount.Enabled = false; // the histogram counts
                        options.RequestDuration.Histogram = telemetry.HttpDuration;
                        options.InProgress.Gauge = telemetry.HttpInProgress;
                    })
                    .Use(
                        static async (context, next) =>
                        {
                            try
                            {
                                await next(context);
                            }
                            catch when (!context.Response.HasStarted)
                            {
                                // The server would set the status only after the request was measured as a 200.
                                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                                throw;
                            }
                        }
                    )
        );
        app.Run(static context => context.GetEndpoint()!.RequestDelegate!(context));
    }

    /// <summary>Measures refused requests here, since they reach no page.</summary>
    private static async Task CheckAccessAsync(
        AccessGate access,
        HttpContext context,
        RequestDelegate answer,
        ExporterTelemetry telemetry
    )
    {
        var started = Stopwatch.GetTimestamp();
        await access.AnswerAsync(context, answer);
        var code = context.Response.StatusCode;
        if (code is StatusCodes.Status401Unauthorized or StatusCodes.Status429TooManyRequests)
        {
            telemetry
                .HttpDuration.WithLabels(code.ToString(CultureInfo.InvariantCulture), "login")
                .Observe(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }

    public Task StopAsync() => _app.StopAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>Configures the request log. Text of a client is shortened and cleaned.</summary>
    private static void Describe(RequestLoggingOptions options, ILogger log)
    {
        options.Logger = log;
        options.MessageTemplate = "{Method:l} {Path:l} answered {Code}";
        options.GetLevel = static (_, _, exception) => exception is null ? LogEventLevel.Debug : LogEventLevel.Error;
        options.IncludeQueryInRequestPath = false;
        options.GetMessageTemplateProperties = static (context, path, milliseconds, code) =>
            [
                new("Method", new ScalarValue(TextSanitizer.Clean(context.Request.Method, 20))),
                new("Path", new ScalarValue(TextSanitizer.Clean(path))),
                new("Code", new ScalarValue(code)),
                new("Seconds", new ScalarValue(milliseconds / 1000)),
            ];
    }

    /// <summary>Removes the route prefix before the page is looked up. Pages use relative addresses, so they need not
    /// know it.</summary>
    /// <returns>The answer to a request outside of the prefix; null inside.</returns>
    private static RequestDelegate? AnswerOutsidePrefix(HttpContext context, string prefix)
    {
        var request = context.Request;
        if (prefix.Length == 0)
        {
            return null;
        }
        if (request.Path.StartsWithSegments(prefix, StringComparison.Ordinal, out var rest) && rest.HasValue)
        {
            request.PathBase = prefix;
            request.Path = rest;
            return null;
        }
        if (request.Path.Value is "" or "/" || request.Path == prefix)
        {
            return context =>
            {
                context.Response.Redirect($"{prefix}/{context.Request.QueryString}");
                return Task.CompletedTask;
            };
        }
        return context =>
            PlainText.WriteAsync(
                context,
                StatusCodes.Status404NotFound,
                $"all pages are below {prefix}/ (--web.route-prefix)\n"
            );
    }

    private static void Listen(KestrelServerOptions options, ServerOptions server, AccessGate access)
    {
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = 0; // nothing here is written to
        options.Limits.RequestHeadersTimeout = HeadersTimeout;
        options.Limits.KeepAliveTimeout = KeepAliveTimeout;
        foreach (var listen in server.Listen)
        {
            if (listen.Any)
            {
                options.ListenAnyIP(listen.Port, Secure);
            }
            if (listen.Descriptor is { } passed)
            {
                options.ListenHandle((ulong)passed, Secure);
            }
            if (listen.SocketPath is { } path)
            {
                StaleSocket.Remove(path);
                options.ListenUnixSocket(path, Secure);
            }
            foreach (var endPoint in listen.EndPoints)
            {
                options.Listen(endPoint, Secure);
            }
        }

        void Secure(ListenOptions endPoint)
        {
            endPoint.Protocols = HttpProtocols.Http1;
            if (access.Config.Tls is not null)
            {
                // Each handshake decides which are offered, since the configuration may have changed by then.
                endPoint.Protocols = HttpProtocols.Http1AndHttp2;
                endPoint.UseHttps(
                    new TlsHandshakeCallbackOptions
                    {
                        OnConnection = _ => ValueTask.FromResult(TlsHandshake.Options(access.Config)),
                    }
                );
            }
        }
    }
}

/// <summary>Signals are handled in one place, by the running verb. The host's own lifetime would handle them too: a
/// signal during the start of the server would make the start throw, instead of letting the verb clean up.</summary>
internal sealed class NoSignalLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
