using Fleet.Contracts;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.Registry;
using Fleet.Registry.Commands;
using Fleet.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fleet.PrerenderServer.Rendering;

/// <summary>Where commands are handed in. One that was started before, here or on another server, is answered with what came of it; if that is lost,
/// the caller is told so and it is not started again.</summary>
internal sealed partial class CommandExecutor(Renderer runner, ICommandStore store, TimeProvider time, ILogger<CommandExecutor> logger)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);

    /// <summary>The result of the command's one start.</summary>
    public async Task<RenderResult> RunAsync(RenderOperation operation, CancellationToken cancellationToken)
    {
        var command = operation.Command!;
        if (await AskAsync(() => store.GetAsync(operation.Affinity.ToString(), command.Key, cancellationToken),
            "Nothing was started, since nobody could tell whether it was started before.") is { } known)
        {
            return await RepeatAsync(operation, known, cancellationToken);
        }

        // That it starts is noted right before; a note whose receipt is lost may have been taken all the same.
        var result = (await AskAsync(() => runner.RunAsync(operation, cancellationToken),
            $"It is not known whether it was noted as started. Ask again with the same {FleetHeaders.IdempotencyKey}.")).Result;
        if (command.StartedBefore is { } before)
        {
            return await RepeatAsync(operation, before, cancellationToken);
        }

        return command.Started is { } started ? await KeepAsync(operation, started, result) : result;
    }

    /// <summary>The answer, or a 503 that says what is known when the registry is away.</summary>
    private static async Task<T> AskAsync<T>(Func<Task<T>> ask, string known)
    {
        try
        {
            return await ask();
        }
        catch (RegistryUnavailableException e)
        {
            throw new RequestException(StatusCodes.Status503ServiceUnavailable, "registry-away", $"{known} {e.Message}", TimeSpan.FromSeconds(1));
        }
    }

    private async Task<RenderResult> KeepAsync(RenderOperation operation, CommandRecord started, RenderResult result)
    {
        result = result with { StartedAt = started.StartedAt };
        try
        {
            await store.FinishAsync(operation.Affinity.ToString(), operation.Command!.Key, started with { Result = result }, CancellationToken.None);
        }
        catch (RegistryUnavailableException e)
        {
            // Who asked, is told. Who asks again, will be told that it is lost.
            LogNotKept(operation.RequestId, e.Message);
        }

        return result;
    }

    private async Task<RenderResult> RepeatAsync(RenderOperation operation, CommandRecord known, CancellationToken cancellationToken)
    {
        var command = operation.Command!;
        while (true)
        {
            if (known.Fingerprint != command.Fingerprint && known.Fingerprint.Length > 0)
            {
                throw new RequestException(StatusCodes.Status422UnprocessableEntity, "key-reused",
                    $"This {FleetHeaders.IdempotencyKey} named another command, or other input, at {known.StartedAt:O}. Each command has a key of its own.");
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
                    Url = operation.Url.AbsoluteUri,
                    Affinity = operation.Affinity.ToString(),
                    StartedAt = known.StartedAt,
                    Diagnostics = new() { Message = $"It was started at {known.StartedAt:O} by {known.Server}, which was lost before it said what came of it. It is not started again." },
                };
            }

            if (operation.Deadline.Left < s_look)
            {
                throw new RequestException(StatusCodes.Status504GatewayTimeout, "deadline",
                    $"It was started at {known.StartedAt:O} by {known.Server} and is still running. Ask again with the same {FleetHeaders.IdempotencyKey}.");
            }

            await Task.Delay(s_look, time, cancellationToken);
            known = await AskAsync(() => store.GetAsync(operation.Affinity.ToString(), command.Key, cancellationToken),
                $"It was started at {known.StartedAt:O} by {known.Server}; what came of it cannot be told now. Ask again with the same {FleetHeaders.IdempotencyKey}.") ?? known;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The result of command {RequestId} could not be kept: {Reason}")]
    private partial void LogNotKept(string requestId, string reason);
}
