using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Host;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.Registry.Commands;

namespace Fleet.PrerenderServer.Rendering.Commands;

/// <summary>Runs a command in the booted page: <c>fleet.run</c>. It is noted as started right before, fleet-wide, and never started when somebody
/// has noted that already.</summary>
internal sealed class CommandRender(ICommandStore store, ServerIdentity server, TimeProvider time)
{
    /// <summary>Longest result that is kept, in characters.</summary>
    private const int MaxResult = 1024 * 1024;

    /// <summary>For the result to be written, before a command without one counts as lost.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);

    /// <param name="page">The page.</param>
    /// <param name="operation">The render; its command says afterwards whether it was started.</param>
    /// <param name="progress">The steps.</param>
    /// <param name="reserve">What is kept of the deadline.</param>
    /// <param name="beforeStart">The client went away, or the page was taken away.</param>
    /// <param name="afterStart">The page was taken away. What the client does makes no difference any more: the result is kept for it.</param>
    public async Task<PageAnswer> RunAsync(
        IRenderPage page, RenderOperation operation, RenderProgress progress, TimeSpan reserve, CancellationToken beforeStart, CancellationToken afterStart)
    {
        await HostRender.BootAsync(page, operation, progress, reserve, beforeStart);
        if (!page.Host.Runs)
        {
            return new() { Outcome = RenderOutcome.Unusable, Message = "The host app offers no fleet.run, so no command can be run." };
        }

        progress.Enter(Stages.Run);
        var command = operation.Command!;
        var start = new CommandRecord(command.Fingerprint, server.Name, time.GetUtcNow(), operation.Deadline.Left + s_grace);
        command.StartedBefore = await store.StartAsync(operation.Affinity.ToString(), command.Key, start, beforeStart);
        if (command.StartedBefore is not null)
        {
            return new() { Outcome = RenderOutcome.NoVerdict };
        }

        command.Started = start;
        var call = JsonSerializer.Serialize(new Call(operation.RequestId, operation.Lineage), FleetJson.Options);
        var said = await page.EvaluateAsync(
            $"({PageScripts.Run})({JsonSerializer.Serialize(command.Name)}, {JsonSerializer.Serialize(command.Input)}, {call}, {MaxResult})", operation.Deadline.Step(reserve), afterStart);
        progress.End();
        return Read(said.GetString()!);
    }

    private static PageAnswer Read(string json)
    {
        using var document = JsonDocument.Parse(PageJson.Mend(json));
        var root = document.RootElement;
        if (root.TryGetProperty("tooLarge", out var size))
        {
            return new() { Outcome = RenderOutcome.Failed, Message = $"The command's result has {size.GetInt64()} characters, more than the {MaxResult} that are kept." };
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
