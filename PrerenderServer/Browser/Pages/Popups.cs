using System.Text.Json;
using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Closes popups, in a Chromium that does not know <c>--block-new-web-contents</c> and opens them. They consume CPU and are never captured.</summary>
internal static class Popups
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(5);

    /// <summary>Starts closing every window that a page of this browser opens.</summary>
    public static Task CloseAsync(CdpConnection connection, TimeSpan deadline, CancellationToken cancellationToken)
    {
        connection.Browser.On("Target.targetCreated", created =>
        {
            var target = created.GetProperty("targetInfo");
            if (target.TryGetProperty("openerId", out var opener) && opener.GetString() is { Length: > 0 })
            {
                var id = target.GetProperty("targetId").GetString();
                connection.Browser.Post("Target.closeTarget", p => p.WriteString("targetId"u8, id), s_deadline);
            }
        });
        return connection.Browser.CallAsync("Target.setDiscoverTargets", static p =>
        {
            p.WriteBoolean("discover"u8, true);
            WritePagesOnly(p);
        }, deadline, cancellationToken);
    }

    private static void WritePagesOnly(Utf8JsonWriter parameters)
    {
        parameters.WriteStartArray("filter"u8);
        parameters.WriteStartObject();
        parameters.WriteString("type"u8, "page"u8);
        parameters.WriteEndObject();
        parameters.WriteEndArray();
    }
}
