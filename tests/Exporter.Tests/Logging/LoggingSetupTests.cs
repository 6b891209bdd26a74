using ClustermgrExporter.Logging;
using Microsoft.Extensions.Logging;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Xunit;

namespace ClustermgrExporter.Tests.Logging;

public sealed class LoggingSetupTests
{
    private static string[] LevelsThatShow(LogEventLevel level, string category)
    {
        var output = new StringWriter();
        using (var logger = LoggingSetup.Create(level, LogFormat.Logfmt, output))
        using (var factory = new SerilogLoggerFactory(logger, dispose: false)) // ASP.NET Core logs through this
        {
            var log = factory.CreateLogger(category);
            log.LogDebug("d");
            log.LogInformation("i");
            log.LogWarning("w");
            log.LogError("e");
        }

        return
        [
            .. output
                .ToString()
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => LogfmtReader.Read(line).Single(field => field.Key == "level").Value),
        ];
    }

    [Theory]
    [InlineData(LogEventLevel.Debug, "debug info warn error")]
    [InlineData(LogEventLevel.Information, "info warn error")]
    [InlineData(LogEventLevel.Warning, "warn error")]
    [InlineData(LogEventLevel.Error, "error")]
    public void TheLevelHoldsForOurOwnCode(LogEventLevel level, string shown) =>
        Assert.Equal(shown, string.Join(' ', LevelsThatShow(level, "ClustermgrExporter.Polling.ClusterPoller")));

    [Theory]
    [InlineData(LogEventLevel.Debug, "warn error")]
    [InlineData(LogEventLevel.Information, "warn error")]
    [InlineData(LogEventLevel.Error, "error")]
    public void TheFrameworksAreHeardFromWarningOn(LogEventLevel level, string shown) =>
        Assert.Equal(shown, string.Join(' ', LevelsThatShow(level, "Microsoft.AspNetCore.Hosting.Diagnostics")));

    [Fact]
    public void JsonIsWrittenWhereItIsAskedFor()
    {
        var output = new StringWriter();
        using (var logger = LoggingSetup.Create(LogEventLevel.Information, LogFormat.Json, output))
        {
            logger.Information("x");
        }
        Assert.StartsWith("{\"ts\":\"", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutAWriterLinesGoToStandardErrorAndNoneToStandardOutput()
    {
        var output = Console.Out;
        var error = Console.Error;
        using var heardOutput = new StringWriter();
        using var heardError = new StringWriter();
        try
        {
            Console.SetOut(TextWriter.Synchronized(heardOutput));
            Console.SetError(TextWriter.Synchronized(heardError));
            using var logger = LoggingSetup.Create(LogEventLevel.Debug, LogFormat.Logfmt);
            logger.Debug("to stderr {mark}", "8c1f");
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }

        Assert.Contains(
            " level=debug msg=\"to stderr 8c1f\" mark=8c1f\n",
            heardError.ToString(),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("8c1f", heardOutput.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AWriterThatThrowsDoesNotReachTheCodeThatLogs()
    {
        var output = new BrokenWriter();
        using var logger = LoggingSetup.Create(LogEventLevel.Information, LogFormat.Logfmt, output);
        logger.Information("lost");
        output.Broken = false;
        logger.Information("kept");
        Assert.Contains("msg=kept", output.Written.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("lost", output.Written.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LinesOfManyThreadsDoNotMix()
    {
        var output = new StringWriter();
        using (var logger = LoggingSetup.Create(LogEventLevel.Information, LogFormat.Logfmt, output))
        {
            await Parallel.ForAsync(
                0,
                200,
                TestContext.Current.CancellationToken,
                (i, _) =>
                {
                    logger.Information("line {i} {text}", i, new string('x', 200));
                    return ValueTask.CompletedTask;
                }
            );
        }

        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var numbers = lines.Select(line => LogfmtReader.Read(line).Single(field => field.Key == "i").Value);
        Assert.Equal(200, numbers.Distinct().Count());
    }

    private sealed class BrokenWriter : StringWriter
    {
        public bool Broken { get; set; } = true;

        public StringWriter Written { get; } = new();

        public override void Write(string? value)
        {
            if (Broken)
            {
                throw new IOException("broken pipe");
            }
            Written.Write(value);
        }
    }
}
