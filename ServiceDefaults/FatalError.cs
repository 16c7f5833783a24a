using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.ServiceDefaults;

/// <summary>Stops the service on an unrecoverable error at run time. <see cref="FleetHost"/> then ends the process with a non-zero exit code, so that an
/// orchestrator starts a new one.</summary>
public sealed partial class FatalError(IHostApplicationLifetime lifetime, ILogger<FatalError> logger)
{
    private readonly TaskCompletionSource<Exception> _raised = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the error that stops the service; never completes without one.</summary>
    public Task<Exception> Raised => _raised.Task;

    /// <summary>Stops the service. Only the first error counts; later ones are assumed to be consequences.</summary>
    /// <param name="error">A <see cref="StartException"/> for wrong settings, any other exception for a defect.</param>
    public void Raise(Exception error)
    {
        if (_raised.TrySetResult(error))
        {
            LogRaised(error.Message);
            lifetime.StopApplication();
        }
    }

    [LoggerMessage(LogLevel.Critical, "This service is stopping because of a fatal error: {Reason}")]
    private partial void LogRaised(string reason);
}

/// <summary>An invariant of the service is broken: a defect. Its further behavior cannot be trusted, so the process ends.</summary>
public sealed class BrokenInvariantException(string message, Exception inner) : Exception(message, inner);
