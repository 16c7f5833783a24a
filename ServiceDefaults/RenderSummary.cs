using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Fleet.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fleet.ServiceDefaults;

/// <summary>What a response's headers say about a render: enough to decide what to do with the body, and to stream it, without parsing it.</summary>
/// <param name="Outcome">How the render ended.</param>
/// <param name="Status">The page's own HTTP status; 0 when it set none.</param>
public sealed record RenderSummary(RenderOutcome Outcome, int Status)
{
    /// <summary>Where the page redirects to; null if it does not.</summary>
    public string? Location { get; init; }

    /// <summary>Shell token of the document that rendered.</summary>
    public string? ShellToken { get; init; }

    /// <summary>Path of the failure's record; null when there is none, or the server sent something else.</summary>
    public string? Record { get; init => field = FailedRender.IsLink(value) ? value : null; }

    /// <summary>Response headers that the page requests and that are sent with it; null when there are none.</summary>
    public IReadOnlyDictionary<string, string>? PageHeaders { get; init => field = PageHeaderRules.Passed(value); }

    /// <summary>Whether the page had rendered for this affinity before; null when no page rendered.</summary>
    public bool? Warm { get; init; }

    /// <summary>Whether it may be incomplete: the page had not settled, or a screenshot has only a part of it.</summary>
    public bool IsCapped { get; init; }

    /// <summary>The summary of a result.</summary>
    public static RenderSummary Of(RenderResult result) => new(result.Outcome, result.Status)
    {
        Location = result.RedirectUrl,
        ShellToken = result.Shell?.Token,
        Record = result.Diagnostics?.Record,
        PageHeaders = result.Headers,
        Warm = result.Page?.Warm,
        IsCapped = result.Diagnostics?.Stability == RenderStability.Capped,
    };

    /// <summary>Reads what <see cref="Write"/> wrote; null if the headers have no outcome and status. The server may be of another version, so that what it may send is checked again.</summary>
    public static RenderSummary? Read(HttpResponseHeaders headers)
    {
        return Enum.TryParse<RenderOutcome>(Header(FleetHeaders.Outcome), ignoreCase: true, out var outcome) && Enum.IsDefined(outcome)
            && int.TryParse(Header(FleetHeaders.PageStatus), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? new(outcome, status)
            {
                Location = Header(FleetHeaders.PageLocation),
                ShellToken = Header(FleetHeaders.HostShell),
                Record = Header(FleetHeaders.Record),
                PageHeaders = PageHeadersOf(Header(FleetHeaders.PageHeaders)),
                Warm = bool.TryParse(Header(FleetHeaders.Warm), out var warm) ? warm : null,
                IsCapped = Header(FleetHeaders.Stability) is not null,
            }
            : null;

        string? Header(string name) => headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
    }

    /// <summary>Writes everything, for a manager.</summary>
    public void Write(IHeaderDictionary headers)
    {
        WriteOutcome(headers);
        headers[FleetHeaders.PageStatus] = Status.ToString(CultureInfo.InvariantCulture);
        if (Uri.TryCreate(Location, UriKind.Absolute, out var location))
        {
            headers[FleetHeaders.PageLocation] = ExactUrl.Of(location);
        }

        if (PageHeaders is not null)
        {
            headers[FleetHeaders.PageHeaders] = JsonSerializer.Serialize(PageHeaders, FleetJson.Options);
        }

        if (Warm is { } warm)
        {
            headers[FleetHeaders.Warm] = warm ? "true" : "false";
        }
    }

    /// <summary>Writes what a caller gets of it. The rest is in the response itself: its status, its <c>Location</c> and its headers.</summary>
    public void WriteOutcome(IHeaderDictionary headers)
    {
        headers[FleetHeaders.Outcome] = JsonNamingPolicy.CamelCase.ConvertName(Outcome.ToString());
        if (ShellToken is { } token && token.All(c => c is > ' ' and <= '~'))
        {
            headers[FleetHeaders.HostShell] = token;
        }

        if (IsCapped)
        {
            headers[FleetHeaders.Stability] = RenderStability.Capped;
        }

        if (Record is { } record)
        {
            headers[FleetHeaders.Record] = record;
        }
    }

    private static Dictionary<string, string>? PageHeadersOf(string? json)
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize<Dictionary<string, string>>(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
