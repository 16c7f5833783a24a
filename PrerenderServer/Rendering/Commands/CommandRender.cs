using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Host;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.Registry.Commands;

namespace Fleet.PrerenderServer.Rendering.Commands;

/// <summary>Runs a command in the booted page by calling <c>fleet.run</c>. The start is recorded in the registry right before; a command that already has
/// such a record is not started.</summary>
internal sealed class CommandRender(ICommandStore store, ServerIdentity server, TimeProvider time)
{
    /// <summary>Maximum length of a result, in characters.</summary>
    private const int MaxResultLength = 1024 * 1024;

    /// <summary>Time after the deadline for the result to be stored, before the command counts as lost.</summary>
    private static readonly TimeSpan s_storeGrace = TimeSpan.FromSeconds(5);

    /// <summary>Runs the command.</summary>
    /// <param name="page">The page.</param>
    /// <param name="operation">The render. Its command records whether it was started.</param>
    /// <param name="progress">Receives the steps.</param>
    /// <param name="beforeStart">Cancels until the command starts: the client disconnected, or the lease was revoked.</param>
    /// <param name="afterStart">Cancels once the command has started: the lease was revoked. A disconnect no longer matters, because the result is stored.</param>
    public async Task<PageAnswer> RunAsync(
        IRenderPage page, RenderOperation operation, RenderProgress progress, CancellationToken beforeStart, CancellationToken afterStart)
    {
        await HostRender.BootAsync(page, operation, progress, beforeStart);
        if (!page.Host.Runs)
        {
            return new() { Outcome = RenderOutcome.Unusable, Message = "The host app does not offer fleet.run, so it cannot run commands." };
        }

        progress.Enter(Stages.Run);
        var command = operation.Command!;
        var start = new CommandRecord(command.Fingerprint, server.Name, time.GetUtcNow(), operation.Deadline.Left + s_storeGrace);
        command.StartedBefore = await store.StartAsync(operation.Affinity.ToString(), command.Key, start, beforeStart);
        if (command.StartedBefore is not null)
        {
            return new() { Outcome = RenderOutcome.NoVerdict };
        }

        command.Started = start;
        var call = JsonSerializer.Serialize(new Call(operation.RequestId, operation.Lineage), FleetJson.Options);
        var reply = await page.EvaluateAsync(
            $"({PageScripts.Run})({JsonSerializer.Serialize(command.Name)}, {JsonSerializer.Serialize(command.Input)}, {call}, {MaxResultLength})", operation.Deadline.Step(), afterStart);
        progress.End();
        return Read(reply.GetString()!);
    }

    private static PageAnswer Read(string json)
    {
        using var document = JsonDocument.Parse(PageJson.Mend(json));
        var root = document.RootElement;
        if (root.TryGetProperty("tooLarge", out var size))
        {
            return new() { Outcome = RenderOutcome.Failed, Message = $"The command's result has {size.GetInt64()} characters; the maximum is {MaxResultLength}." };
        }

        if (root.TryGetProperty("error", out var error))
        {
            return new() { Outcome = OutcomeMapping.OfHostError(Text(error, "kind")), Message = Text(error, "message"), Stack = Text(error, "stack") };
        }

        return new() { Outcome = RenderOutcome.Rendered, Status = 200, Data = root.TryGetProperty("value", out var value) ? value.Clone() : null };
    }

    private static string? Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private sealed record Call(string Id, string Lineage);
}
