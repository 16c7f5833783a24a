using Fleet.Contracts;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.Registry;
using Fleet.Registry.Commands;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Problems;

namespace Fleet.PrerenderServer.Rendering;

/// <summary>Runs each command at most once. A command that was already started, here or on another server, returns its stored result.
/// If that result is lost, the caller gets an outcome without a verdict; the command is not started again.</summary>
internal sealed partial class CommandExecutor(Renderer runner, ICommandStore store, TimeProvider time, ILogger<CommandExecutor> logger)
{
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns the result of the command's only start.</summary>
    public async Task<RenderResult> RunAsync(RenderOperation operation, CancellationToken cancellationToken)
    {
        var command = operation.Command!;
        if (await WithRegistryAsync(() => store.GetAsync(operation.Affinity.ToString(), command.Key, cancellationToken),
            "The command was not started, because it is unknown whether it was started before.") is { } known)
        {
            return await ReplayAsync(operation, known, cancellationToken);
        }

        // The start is recorded right before the command runs. If the registry's reply is lost, the record may still have been written.
        var result = (await WithRegistryAsync(() => runner.RunAsync(operation, cancellationToken),
            $"It is unknown whether the command was recorded as started. Retry with the same {FleetHeaders.IdempotencyKey}.")).Result;
        if (command.StartedBefore is { } before)
        {
            return await ReplayAsync(operation, before, cancellationToken);
        }

        return command.Started is { } started ? await StoreAsync(operation, started, result) : result;
    }

    /// <summary>Awaits a call. Throws a 503 that starts with <paramref name="known"/> when the registry is unavailable.</summary>
    private static async Task<T> WithRegistryAsync<T>(Func<Task<T>> call, string known)
    {
        try
        {
            return await call();
        }
        catch (RegistryUnavailableException e)
        {
            throw new RequestException(StatusCodes.Status503ServiceUnavailable, "registry-away", $"{known} {e.Message}", TimeSpan.FromSeconds(1));
        }
    }

    private async Task<RenderResult> StoreAsync(RenderOperation operation, CommandRecord started, RenderResult result)
    {
        result = result with { StartedAt = started.StartedAt };
        try
        {
            await store.FinishAsync(operation.Affinity.ToString(), operation.Command!.Key, started with { Result = result }, CancellationToken.None);
        }
        catch (RegistryUnavailableException e)
        {
            // This caller still gets the result. A retry with the same key gets the outcome of a lost command.
            LogNotStored(operation.RequestId, e.Message);
        }

        return result;
    }

    private async Task<RenderResult> ReplayAsync(RenderOperation operation, CommandRecord known, CancellationToken cancellationToken)
    {
        var command = operation.Command!;
        while (true)
        {
            if (known.Fingerprint != command.Fingerprint && known.Fingerprint.Length > 0)
            {
                throw new RequestException(StatusCodes.Status422UnprocessableEntity, "key-reused",
                    $"This {FleetHeaders.IdempotencyKey} was used for a different command or input at {known.StartedAt:O}. Use a new key for each command.");
            }

            if (known.Result is { } result)
            {
                return result;
            }

            if (!known.IsRunning)
            {
                return new()
                {
                    Outcome = RenderOutcome.NoVerdict,
                    Url = ExactUrl.Of(operation.Url),
                    Affinity = operation.Affinity.ToString(),
                    StartedAt = known.StartedAt,
                    Diagnostics = new() { Message = $"The command was started at {known.StartedAt:O} by {known.Server}, which was lost before it reported a result. It is not started again." },
                };
            }

            if (operation.Deadline.Left < s_pollInterval)
            {
                throw new RequestException(StatusCodes.Status504GatewayTimeout, "deadline",
                    $"The command was started at {known.StartedAt:O} by {known.Server} and is still running. Retry with the same {FleetHeaders.IdempotencyKey}.");
            }

            await Task.Delay(s_pollInterval, time, cancellationToken);
            known = await WithRegistryAsync(() => store.GetAsync(operation.Affinity.ToString(), command.Key, cancellationToken),
                $"The command was started at {known.StartedAt:O} by {known.Server}; its result is not available now. Retry with the same {FleetHeaders.IdempotencyKey}.") ?? known;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The result of command {RequestId} could not be stored: {Reason}")]
    private partial void LogNotStored(string requestId, string reason);
}
