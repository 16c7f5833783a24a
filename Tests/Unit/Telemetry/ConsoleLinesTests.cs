using System.Diagnostics;
using System.Text.Json;
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
    public void Write_Entry_IsOneLineWithItsCategory(LogLevel level, string word) =>
        Assert.Matches($@"^\d\d:\d\d:\d\d\.\d\d\d {word} PoolEffects: two lines\r?\n$", Written(level, "two\nlines", null));

    [Fact]
    public void Write_ServiceIsSet_StandsInFront() =>
        Assert.Matches(@" info  realm PoolEffects: ready\r?\n$", Written(LogLevel.Information, "ready", null, service: "realm"));

    [Fact]
    public void Write_WithinARequest_HasItsTraceId()
    {
        using var activity = new Activity("request").Start();
        Assert.Matches($@" info  realm {activity.TraceId.ToHexString()} PoolEffects: ready\r?\n$", Written(LogLevel.Information, "ready", null, service: "realm"));
    }

    [Fact]
    public void WriteJson_Entry_IsOneLineWithEverything()
    {
        using var activity = new Activity("request").Start();
        using var text = new StringWriter();
        IReadOnlyList<KeyValuePair<string, object?>> state = [new("Slot", 7), new("{OriginalFormat}", "slot {Slot}")];
        new JsonLines(TimeProvider.System, new Options(new() { Service = "realm" })).Write(
            new LogEntry<IReadOnlyList<KeyValuePair<string, object?>>>(
                LogLevel.Warning, "Fleet.PrerenderServer.Pool.PoolEffects", default, state, new InvalidOperationException("why\nand how"), (_, _) => "slot\n\u001b 7"),
            null, text);
        var line = text.ToString();
        Assert.Equal(line.TrimEnd().Length, line.IndexOf('\n', StringComparison.Ordinal) - (line.Contains('\r', StringComparison.Ordinal) ? 1 : 0));
        var json = JsonSerializer.Deserialize<JsonElement>(line);
        Assert.Equal(
            ["time", "level", "service", "trace", "span", "category", "message", "exception", "values"],
            json.EnumerateObject().Select(member => member.Name));
        Assert.Equal("warning", json.GetProperty("level").GetString());
        Assert.Equal("realm", json.GetProperty("service").GetString());
        Assert.Equal(activity.TraceId.ToHexString(), json.GetProperty("trace").GetString());
        Assert.Equal("slot\n\u001b 7", json.GetProperty("message").GetString());
        Assert.DoesNotContain('\u001b', line);
        Assert.Equal("7", json.GetProperty("values").GetProperty("Slot").GetString());
        Assert.True(json.GetProperty("time").GetDateTimeOffset() <= DateTimeOffset.UtcNow);
    }

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
