using System.Text.Json;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Finds closed shadow roots that the parser attached. No script can see them; the debugger can.</summary>
internal sealed partial class BrowserPage
{
    public async Task<bool> FindShadowRootsAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var suspects = await _cdp.CallAsync("Runtime.evaluate", static p => p.WriteString("expression"u8, "__fleetSuspects()"u8), deadline, cancellationToken);
        if (!suspects.GetProperty("result").TryGetProperty("objectId", out var list))
        {
            return false;
        }

        var properties = await _cdp.CallAsync("Runtime.getProperties", p =>
        {
            p.WriteString("objectId"u8, list.GetString());
            p.WriteBoolean("ownProperties"u8, true);
        }, deadline, cancellationToken);
        var hosts = properties.GetProperty("result").EnumerateArray()
            .Where(p => p.TryGetProperty("value", out var value) && value.TryGetProperty("subtype", out var type) && type.ValueEquals("node"))
            .Select(p => p.GetProperty("value").GetProperty("objectId").GetString()!);
        var found = await Task.WhenAll(hosts.Select(host => AddShadowRootAsync(host, deadline, cancellationToken)));
        return found.Contains(true);
    }

    private async Task<bool> AddShadowRootAsync(string host, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var described = await _cdp.CallAsync("DOM.describeNode", p => p.WriteString("objectId"u8, host), deadline, cancellationToken);
        if (!described.GetProperty("node").TryGetProperty("shadowRoots", out var roots)
            || roots.EnumerateArray().FirstOrDefault(r => r.GetProperty("shadowRootType").ValueEquals("closed")) is not { ValueKind: JsonValueKind.Object } root)
        {
            return false;
        }

        var resolved = await _cdp.CallAsync("DOM.resolveNode", p => p.WriteNumber("backendNodeId"u8, root.GetProperty("backendNodeId").GetInt32()), deadline, cancellationToken);
        await _cdp.CallAsync("Runtime.callFunctionOn", p =>
        {
            p.WriteString("objectId"u8, resolved.GetProperty("object").GetProperty("objectId").GetString());
            p.WriteString("functionDeclaration"u8, "function () { __fleetAddShadowRoot(this); }"u8);
        }, deadline, cancellationToken);
        return true;
    }
}
