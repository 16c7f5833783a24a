using Microsoft.Extensions.Logging;

namespace Fleet.Garnet;

/// <summary>Passes on Garnet's warnings and errors, with the prefix "Garnet." on its category names, which are generic ("Options"), and without the stacks of
/// its exceptions. Garnet ignores its own log level when it has a logger factory.</summary>
internal sealed class GarnetLoggers(ILoggerFactory inner) : ILoggerFactory
{
    // Warns at every start that a logger factory is set.
    private const string ArgumentParser = "ArgParser";

    public ILogger CreateLogger(string categoryName) => new FilteredLogger(
        inner.CreateLogger($"Garnet.{categoryName}"), categoryName == ArgumentParser ? LogLevel.Error : LogLevel.Warning);

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    // The inner factory belongs to the program.
    public void Dispose()
    {
    }

    private sealed class FilteredLogger(ILogger inner, LogLevel minimum) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= minimum && inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                inner.Log(logLevel, eventId, state, null, (shown, _) => exception is null ? formatter(shown, null) : $"{formatter(shown, exception)} {exception.GetType().Name}: {exception.Message}");
            }
        }
    }
}
