using Fleet.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

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
    public void Write_Exception_StandsBelow() =>
        Assert.Contains($"it broke{Environment.NewLine}{typeof(InvalidOperationException).FullName}: why", Written(LogLevel.Error, "it broke", new InvalidOperationException("why")), StringComparison.Ordinal);

    private static string Written(LogLevel level, string message, Exception? exception)
    {
        using var text = new StringWriter();
        new ConsoleLines(TimeProvider.System).Write(
            new LogEntry<string>(level, "Fleet.PrerenderServer.Pool.PoolEffects", default, message, exception, (state, _) => state), null, text);
        return text.ToString();
    }
}
