using System.Globalization;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Host;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Fleet.PrerenderServer.Endpoints;

/// <summary>Makes a render of a request, or says what is wrong with it, before any page is touched.</summary>
internal sealed class RenderOperationReader(OriginAllowList allowed, HostAddress host, IOptions<FleetOptions> options, TimeProvider time)
{
    private const int MaxRequestIdLength = 64;
    private const int MaxLineageLength = 4_096;

    /// <summary>The render. Throws <see cref="RequestException"/> that names field, value and bound.</summary>
    public RenderOperation Read(RenderRequest request, IHeaderDictionary headers)
    {
        FieldError[] errors = [.. RenderRequestRules.Check(request), .. RenderRequestRules.CheckScope(request) is { } unscoped ? (FieldError[])[unscoped] : []];
        if (errors.Length > 0)
        {
            throw Refused("invalid-request", string.Join(' ', errors.Select(e => e.Message)));
        }

        var url = new Uri(request.Url);
        if (!allowed.Allows(url))
        {
            throw Refused("not-allowed", $"'url' is of {OriginAllowList.OriginOf(url)}, which may not be rendered. Allowed: {string.Join(", ", allowed.Origins)}. The setting is Fleet:AllowedOrigins.");
        }

        // The manager knows the realms and always names the affinity; who asks this server directly gets the origin.
        var affinity = AffinityKey.TryParse(request.Affinity, out var named) ? named : AffinityKey.Realm(OriginAllowList.OriginOf(url));
        var lineage = Text(headers, FleetHeaders.Lineage, MaxLineageLength) ?? "";
        return new(url, affinity, request.Formats, new Deadline(TimeoutOf(request, headers), time), request.Priority, request.Accept,
            Text(headers, FleetHeaders.RequestId, MaxRequestIdLength) ?? Guid.NewGuid().ToString("N"), lineage, DepthOf(lineage),
            request.Credentials is { } given ? new PageCredentials(OriginAllowList.OriginOf(url), given.Authorization) : null);
    }

    /// <summary>The render that a screenshot is taken in. Throws <see cref="RequestException"/> likewise.</summary>
    public RenderOperation Read(ScreenshotRequest request, IHeaderDictionary headers)
    {
        var errors = ScreenshotRequestRules.Check(request);
        return errors.Count > 0
            ? throw Refused("invalid-request", string.Join(' ', errors.Select(e => e.Message)))
            : Read(request.ToRenderRequest(), headers) with { Screenshot = new(request.Type, request.FullPage, request.Selector, request.Width, request.Height, request.Format, request.Scale) };
    }

    /// <summary>The render that a command runs in. Throws <see cref="RequestException"/> likewise.</summary>
    public RenderOperation Read(CommandRequest request, IHeaderDictionary headers)
    {
        var key = headers[FleetHeaders.IdempotencyKey] is [{ } one] ? one : null;
        var errors = CommandRequestRules.Check(request, key, host.Url);
        return errors.Count > 0
            ? throw Refused("invalid-request", string.Join(' ', errors.Select(e => e.Message)))
            : Read(request.ToRenderRequest(host.Url), headers) with { Command = CommandCall.Of(request.Command, request.Input, key!) };
    }

    private int DepthOf(string lineage) =>
        options.Value.AdminKey is { } key && RenderLineage.TryRead(lineage, key, out var read) ? read.Depth : 0;

    private static TimeSpan TimeoutOf(RenderRequest request, IHeaderDictionary headers)
    {
        var asked = request.DeadlineMs ?? RenderLimits.DefaultDeadlineMs;
        if (headers[FleetHeaders.DeadlineMs] is not [{ } text])
        {
            return TimeSpan.FromMilliseconds(asked);
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var left) || left > RenderLimits.MaxDeadlineMs)
        {
            throw Refused("invalid-request", $"The header {FleetHeaders.DeadlineMs} must be a number of milliseconds from 0 to {RenderLimits.MaxDeadlineMs}.");
        }

        return left >= RenderLimits.MinDeadlineMs
            ? TimeSpan.FromMilliseconds(Math.Min(asked, left))
            : throw new RequestException(StatusCodes.Status504GatewayTimeout, "deadline", $"{left} ms are left of the deadline; no visit is started with less than {RenderLimits.MinDeadlineMs}.");
    }

    private static string? Text(IHeaderDictionary headers, string name, int longest) =>
        headers[name] is [{ Length: > 0 } text] && text.Length <= longest && text.All(c => c is > ' ' and <= '~') ? text : null;

    private static RequestException Refused(string reason, string message) => new(StatusCodes.Status400BadRequest, reason, message);
}
