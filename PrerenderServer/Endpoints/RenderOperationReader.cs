using System.Globalization;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Rendering.Host;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Security;
using Microsoft.AspNetCore.Http.Headers;

namespace Fleet.PrerenderServer.Endpoints;

/// <summary>Validates a request and turns it into a <see cref="RenderOperation"/>, before any page is leased.</summary>
internal sealed class RenderOperationReader(OriginAllowList allowed, HostAddress host, FleetKeys keys, TimeProvider time)
{
    private const int MaxRequestIdLength = 64;
    private const int MaxLineageLength = 4_096;

    /// <summary>Reads a render. Throws a <see cref="RequestException"/> that names the field, its value and the bound.</summary>
    public RenderOperation Read(RenderRequest request, IHeaderDictionary headers)
    {
        FieldError[] errors = [.. RenderRequestRules.Check(request), .. RenderRequestRules.CheckScope(request) is { } unscoped ? (FieldError[])[unscoped] : []];
        if (errors.Length > 0)
        {
            throw BadRequest("invalid-request", string.Join(' ', errors.Select(e => e.Message)));
        }

        var url = new Uri(request.Url);
        if (!allowed.Allows(url))
        {
            throw BadRequest("not-allowed", $"'url' has the origin {OriginAllowList.OriginOf(url)}, which is not allowed. Allowed: {string.Join(", ", allowed.Origins)}. The settings are Realms:PublicUrl, for the site, and Fleet:AllowedOrigins.");
        }

        // The manager knows the realms and always sends the affinity; for a direct request the affinity is the origin.
        var affinity = AffinityKey.TryParse(request.Affinity, out var named) ? named : AffinityKey.Realm(OriginAllowList.OriginOf(url));
        var lineage = ReadHeader(headers, FleetHeaders.Lineage, MaxLineageLength) ?? "";
        // A render that needs a navigation returns a document, whatever the host offers.
        var formats = request.Formats ?? (PageRequestRules.NeedsNavigation(request) ? [RenderFormat.Html] : null);
        return new(url, affinity, formats, new Deadline(TimeoutOf(request, headers), time), request.Priority, request.Accept,
            ReadHeader(headers, FleetHeaders.RequestId, MaxRequestIdLength) ?? Guid.NewGuid().ToString("N"), lineage, DepthOf(lineage),
            request.Credentials is { } credentials ? new PageCredentials(OriginAllowList.OriginOf(url), credentials.Authorization) : null)
        {
            Setup = PageSetup.Of(request),
            Waits = PageWaits.Of(request),
            FullLoad = new RequestHeaders(headers).CacheControl is { NoCache: true } or { NoStore: true },
        };
    }

    /// <summary>Reads the render of a screenshot. Throws like <see cref="Read(RenderRequest, IHeaderDictionary)"/>.</summary>
    public RenderOperation Read(ScreenshotRequest request, IHeaderDictionary headers)
    {
        var errors = ScreenshotRequestRules.Check(request);
        return errors.Count > 0
            ? throw BadRequest("invalid-request", string.Join(' ', errors.Select(e => e.Message)))
            : Read(request.ToRenderRequest(), headers) with { Screenshot = ScreenshotShape.Of(request), Setup = request.Format is null ? PageSetup.Of(request) : null };
    }

    /// <summary>Reads the render of a command. Throws like <see cref="Read(RenderRequest, IHeaderDictionary)"/>.</summary>
    public RenderOperation Read(CommandRequest request, IHeaderDictionary headers)
    {
        var key = headers[FleetHeaders.IdempotencyKey] is [{ } one] ? one : null;
        var errors = CommandRequestRules.Check(request, key, host.Url);
        return errors.Count > 0
            ? throw BadRequest("invalid-request", string.Join(' ', errors.Select(e => e.Message)))
            : Read(request.ToRenderRequest(host.Url), headers) with { Command = CommandCall.Of(request.Command, request.Input, key!) };
    }

    private int DepthOf(string lineage) =>
        keys.Lineage is { } key && RenderLineage.TryRead(lineage, key, out var read) ? read.Depth : 0;

    private static TimeSpan TimeoutOf(RenderRequest request, IHeaderDictionary headers)
    {
        var requested = request.DeadlineMs ?? RenderLimits.DefaultDeadlineMs;
        if (headers[FleetHeaders.DeadlineMs] is not [{ } text])
        {
            return TimeSpan.FromMilliseconds(requested);
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var remaining) || remaining > RenderLimits.MaxDeadlineMs)
        {
            throw BadRequest("invalid-request", $"The header {FleetHeaders.DeadlineMs} must be a number of milliseconds from 0 to {RenderLimits.MaxDeadlineMs}.");
        }

        return remaining >= RenderLimits.MinDeadlineMs
            ? TimeSpan.FromMilliseconds(Math.Min(requested, remaining))
            : throw new RequestException(StatusCodes.Status504GatewayTimeout, "deadline", $"{remaining} ms remain until the deadline; a render needs at least {RenderLimits.MinDeadlineMs} ms.");
    }

    private static string? ReadHeader(IHeaderDictionary headers, string name, int maxLength) =>
        headers[name] is [{ Length: > 0 } text] && text.Length <= maxLength && text.All(c => c is > ' ' and <= '~') ? text : null;

    private static RequestException BadRequest(string reason, string message) => new(StatusCodes.Status400BadRequest, reason, message);
}
