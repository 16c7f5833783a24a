using Fleet.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.Telemetry;

public sealed class ConsoleLinesTests
{
    [Theory]
    [InlineData(LogLevel.Information, "info ")]
    [InlineData(LogLevel.Warning, "WARN ")]
    [InlineData(LogLevel.Critical, "FATAL")]
    public void Write_Entry_IsOneLineWithTheTypeThatSpeaks(LogLevel level, string word) =>
        Assert.Matches($@"^\d\d:\d\d:\d\d\.\d\d\d {word} PoolEffects: two lines\r?\n$", Written(level, "two\nlines", null));

    [Fact]
    public void Write_ServiceIsSet_StandsInFront() =>
        Assert.Matches(@" info  realm PoolEffects: ready\r?\n$", Written(LogLevel.Information, "ready", null, service: "realm"));

    [Fact]
    public void Write_Exception_StandsBelow() =>
        Assert.Contains($"it broke{Environment.NewLine}{typeof(InvalidOperationException).FullName}: why", Written(LogLevel.Error, "it broke", new InvalidOperationException("why")), StringComparison.Ordinal);

    [Fact]
    public async Task Write_Cancellation_HasNoStackTrace()
    {
        var cancelled = await Assert.ThrowsAsync<TaskCanceledException>(() => Task.Delay(1, new CancellationToken(canceled: true)));
        Assert.EndsWith($"{typeof(TaskCanceledException).FullName}: {cancelled.Message}{Environment.NewLine}", Written(LogLevel.Error, "it stopped", cancelled), StringComparison.Ordinal);
    }

    private static string Written(LogLevel level, string message, Exception? exception, string? service = null)
    {
        using var text = new StringWriter();
        new ConsoleLines(TimeProvider.System, new Options(new() { Service = service })).Write(
            new LogEntry<string>(level, "Fleet.PrerenderServer.Pool.PoolEffects", default, message, exception, (state, _) => state), null, text);
        return text.ToString();
    }

    private sealed class Options(ConsoleLinesOptions value) : IOptionsMonitor<ConsoleLinesOptions>
    {
        public ConsoleLinesOptions CurrentValue => value;

        public ConsoleLinesOptions Get(string? name) => value;

        public IDisposable? OnChange(Action<ConsoleLinesOptions, string?> listener) => null;
    }
}
