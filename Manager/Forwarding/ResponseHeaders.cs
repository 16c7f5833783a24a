using System.Globalization;
using System.Net;
using System.Net.Mime;
using Fleet.Contracts;
using Fleet.Manager.Rendering;

namespace Fleet.Manager.Forwarding;

/// <summary>What a server says ahead of its body: enough to pass the body on without understanding it.</summary>
internal sealed record ResponseHeaders(RenderOutcome Outcome, string MediaType, int Status, string? Location, string? ShellToken)
{
    /// <summary>The head of an answer that is a verdict in the wanted form. Null for any other, a refusal or a server of another version for one:
    /// that has to be read to be understood.</summary>
    public static ResponseHeaders? Read(RenderOperation visit, HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK || response.Content.Headers.ContentType?.MediaType is not { } type
            || visit.WantsFile == (type == MediaTypeNames.Application.Json)
            || !Enum.TryParse<RenderOutcome>(Header(FleetHeaders.Outcome), ignoreCase: true, out var outcome) || !Enum.IsDefined(outcome)
            || outcome == RenderOutcome.NoVerdict
            || !int.TryParse(Header(FleetHeaders.PageStatus), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            return null;
        }

        return new(outcome, response.Content.Headers.ContentType.ToString(), status, Header(FleetHeaders.PageLocation), Header(FleetHeaders.HostShell));

        string? Header(string name) => response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
    }
}
