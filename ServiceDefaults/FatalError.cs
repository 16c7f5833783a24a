using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.ServiceDefaults;

/// <summary>Stops the service because of an error that it cannot recover from while it runs. <see cref="FleetHost"/> then ends the process with a
/// non-zero exit code, so that an orchestrator starts a new one.</summary>
public sealed partial class FatalError(IHostApplicationLifetime lifetime, ILogger<FatalError> logger)
{
    private readonly TaskCompletionSource<Exception> _raised = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the error that stops the service; never, when there is none.</summary>
    public Task<Exception> Raised => _raised.Task;

    /// <summary>Stops the service. The first error counts, later ones are consequences.</summary>
    /// <param name="error">A <see cref="StartException"/> when the settings are to blame, any other exception for a defect.</param>
    public void Raise(Exception error)
    {
        if (_raised.TrySetResult(error))
        {
            LogRaised(error.Message);
            lifetime.StopApplication();
        }
    }

    [LoggerMessage(LogLevel.Critical, "This service stops: {Reason}")]
    private partial void LogRaised(string reason);
}

/// <summary>The state of a service contradicts itself: a defect. What it would do from now on cannot be trusted, so its process ends.</summary>
public sealed class BrokenInvariantException(string message, Exception inner) : Exception(message, inner);
