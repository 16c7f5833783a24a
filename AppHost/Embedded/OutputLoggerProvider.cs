using Fleet.AppHost.Output;
using Microsoft.Extensions.Logging;

namespace Fleet.AppHost.Embedded;

/// <summary>Log lines of one service, with its name in front as if it were a process of its own.</summary>
[ProviderAlias("Fleet")]
internal sealed class OutputLoggerProvider(string service, IFleetOutput output, TimeProvider time) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new OutputLogger(this, categoryName);

    public void Dispose()
    {
    }

    private void Write(LogLevel level, string category, string message, Exception? exception) =>
        output.Write(service, $"{time.GetLocalNow():HH:mm:ss.fff} {Short(level)}: {category} {message}{(exception is null ? "" : $" {exception}")}");

    // As the console writes them.
    private static string Short(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };

    private sealed class OutputLogger(OutputLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            provider.Write(logLevel, category, formatter(state, exception), exception);
    }
}
