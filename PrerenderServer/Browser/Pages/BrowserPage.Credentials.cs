using System.Text.Json;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Browser.Pages;

internal sealed partial class BrowserPage
{
    private volatile PageCredentials? _credentials;

    public Task ShowCredentialsAsync(PageCredentials credentials, TimeSpan deadline, CancellationToken cancellationToken)
    {
        _credentials = credentials;
        // Pauses only requests to this origin. A redirect to another origin is a separate request.
        return _cdp.CallAsync("Fetch.enable", p =>
        {
            p.WriteStartArray("patterns"u8);
            p.WriteStartObject();
            p.WriteString("urlPattern"u8, credentials.Origin + "/*");
            p.WriteEndObject();
            p.WriteEndArray();
        }, deadline, cancellationToken);
    }

    public Task ForgetCredentialsAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        _credentials = null;
        return _cdp.CallAsync("Fetch.disable", null, deadline, cancellationToken);
    }

    private void OnRequestPaused(JsonElement paused)
    {
        var id = paused.GetProperty("requestId").GetString()!;
        var request = paused.GetProperty("request");
        // A frame of another origin is not the page that the credentials were given for.
        var matching = _credentials is { } current && OriginAllowList.OriginOf(new Uri(request.GetProperty("url").GetString()!)) == current.Origin
            && _tree.MayCarryCredentials(paused.GetProperty("frameId").GetString()!, paused.GetProperty("resourceType").ValueEquals("Document"), current.Origin) ? current : null;
        _cdp.Post("Fetch.continueRequest", p =>
        {
            p.WriteString("requestId"u8, id);
            if (matching is null)
            {
                return;
            }

            p.WriteStartArray("headers"u8);
            foreach (var header in request.GetProperty("headers").EnumerateObject().Where(h => !h.Name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)))
            {
                WriteHeader(p, header.Name, header.Value.GetString()!);
            }

            WriteHeader(p, "Authorization", matching.Authorization);
            p.WriteEndArray();
        }, _settings.CallTimeout);
    }

    private static void WriteHeader(Utf8JsonWriter parameters, string name, string value)
    {
        parameters.WriteStartObject();
        parameters.WriteString("name"u8, name);
        parameters.WriteString("value"u8, value);
        parameters.WriteEndObject();
    }
}
