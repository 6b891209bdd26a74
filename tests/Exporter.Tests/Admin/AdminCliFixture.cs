using System.CommandLine;
using Clustermgr.Admin;
using ClustermgrExporter.Commands;
using ClustermgrExporter.Terminal;
using ClustermgrSimulator;
using Xunit;

namespace ClustermgrExporter.Tests.Admin;

/// <summary>Runs command lines that act on a simulated cluster, on the test's clock; its members are 10.0.0.1:9998 and
/// so on.</summary>
internal sealed class AdminCliFixture : IDisposable
{
    private readonly Dictionary<string, string> _environment = [];

    public AdminCliFixture(SimulatorOptions? options = null) =>
        Cluster = new SimulatedCluster(
            options
                ?? new SimulatorOptions
                {
                    FirstLeader = 1,
                    FirstTerm = 7,
                    WritesPerSecond = 0,
                },
            Clock
        );

    public ManualClock Clock { get; } = new();

    public SimulatedCluster Cluster { get; }

    /// <summary>The user's answer to the question; null when nobody is at the terminal.</summary>
    public string? Typed { get; set; }

    /// <summary>Runs while the user is asked.</summary>
    public Action MeanwhileAsked { get; set; } = () => { };

    /// <summary>Runs after all checks, just before the write is sent.</summary>
    public Action BeforeSending { get; set; } = () => { };

    /// <summary>Stdout and stderr in one, as on a terminal.</summary>
    public string Screen { get; private set; } = "";

    /// <summary>Wraps the connection between the program and the cluster.</summary>
    public Func<HttpMessageHandler, HttpMessageHandler> Network { get; set; } = cluster => cluster;

    /// <summary>Stdout fails from the first text that begins with this; null for no failure.</summary>
    public string? OutputLostFrom { get; set; }

    public void Set(string variable, string value) => _environment[variable] = value;

    /// <summary>Runs the command line to its end. The cluster's members are added if it names none.</summary>
    public (int Exit, string Output, string Error) Run(string commandLine)
    {
        string[] args = commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (
            !args.Any(arg =>
                arg.StartsWith("--clustermgr.url", StringComparison.Ordinal)
                || arg.StartsWith("--config.file", StringComparison.Ordinal)
            )
        )
        {
            args =
            [
                .. args,
                .. Cluster
                    .Members.Where(member => member.Id <= 3)
                    .Select(member => $"--clustermgr.url=http://{member.HttpHost}"),
                "--clustermgr.cluster=prod-z0",
            ];
        }
        using StringWriter screen = new(),
            output = new(),
            error = new();
        var session = new AdminSession(
            new Tee(output, screen) { LostFrom = OutputLostFrom },
            new Tee(error, screen),
            Typed is null
                ? null
                : (question, _) =>
                {
                    screen.WriteLine(question + Typed);
                    MeanwhileAsked();
                    return Task.FromResult<string?>(Typed);
                },
            _environment
        )
        {
            Time = Clock,
            MachineName = "vm",
            CreateReadTransport = _ => Network(new SimulatorHandler([Cluster], Clock)),
            CreateWriteTransport = _ =>
            {
                BeforeSending();
                return Network(new SimulatorHandler([Cluster], Clock));
            },
        };
        var parse = CommandLine.Create(new VerbContext(() => session)).Parse(args);
        Assert.Empty(parse.Errors);
        var running = parse.InvokeAsync(
            new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
            },
            TestContext.Current.CancellationToken
        );
        // In steps of 0.1 s, for at most 120 s.
        for (var i = 0; i < 1200 && !running.IsCompleted; i++)
        {
            Clock.Advance(TimeSpan.FromSeconds(0.1));
        }
        Assert.True(running.IsCompleted, "the command does not end");
        var exit = running.GetAwaiter().GetResult();
        Screen = screen.ToString();
        return (exit, output.ToString(), error.ToString());
    }

    public void Break(string commands)
    {
        foreach (
            var command in commands.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        )
        {
            Assert.StartsWith("done", SimulatorCommands.Execute(Cluster, command), StringComparison.Ordinal);
        }
    }

    /// <summary>Advances the clock.</summary>
    public void Pass(double seconds)
    {
        for (var i = 0; i < seconds * 10; i++)
        {
            Clock.Advance(TimeSpan.FromSeconds(0.1));
        }
    }

    /// <summary>The stored value, read from the cluster directly and not through the tested program.</summary>
    public string? Stored(string key)
    {
        var asked = Cluster.AnswerAsync(
            Cluster.Followers[0],
            "GET",
            $"/config/get?key={key}",
            null,
            default,
            TestContext.Current.CancellationToken
        );
        Assert.True(asked.IsCompleted);
        var answer = asked.GetAwaiter().GetResult();
        return answer.Status == 200 ? System.Text.Encoding.UTF8.GetString(answer.Body.Span).Trim('"') : null;
    }

    public void Dispose() => Cluster.Dispose();

    private sealed class Tee(StringWriter one, StringWriter other)
        : StringWriter(System.Globalization.CultureInfo.InvariantCulture)
    {
        private bool _lost;

        public string? LostFrom { get; init; }

        public override void Write(char value)
        {
            one.Write(value);
            other.Write(value);
        }

        public override void Write(string? value)
        {
            _lost |= LostFrom is not null && value?.StartsWith(LostFrom, StringComparison.Ordinal) is true;
            if (_lost)
            {
                throw new OutputLostException("No space left on device");
            }
            one.Write(value);
            other.Write(value);
        }

        public override void WriteLine(string? value) => Write(value + "\n");
    }
}
