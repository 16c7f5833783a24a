using System.Net;

namespace Fleet.ServiceDefaults.Security;

/// <summary>Hosts under which a service's operator and render routes may be called without a key. A page whose host name has been rebound to this machine's address
/// sends its own name.</summary>
/// <param name="allowed">Host names, <c>*.suffix</c>, or <c>*</c> for any (<c>Fleet:AllowedHosts</c>).</param>
public sealed class HostAllowList(IEnumerable<string> allowed)
{
    // Names below these cannot be registered in public DNS.
    private static readonly string[] s_reserved = [".localhost", ".internal", ".svc.cluster.local"];

    private readonly string[] _allowed = [.. allowed];

    /// <summary>Whether a host is allowed: an address, a name without a dot or of a reserved domain, none of which a page in the internet can have, or one of the list.</summary>
    /// <param name="host">The host of a <c>Host</c> header, without port. An IPv6 address may be in brackets.</param>
    public bool Allows(string host) =>
        host.Length > 0 && (IPAddress.TryParse(host.Trim('[', ']'), out _)
        || !host.TrimEnd('.').Contains('.', StringComparison.Ordinal)
        || s_reserved.Any(suffix => host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
        || _allowed.Contains("*") || Names(host));

    /// <summary>Whether the list names a host, other than by <c>*</c>.</summary>
    public bool Names(string host) => _allowed.Any(pattern => host.Equals(pattern, StringComparison.OrdinalIgnoreCase)
        || (pattern.StartsWith("*.", StringComparison.Ordinal) && host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)));
}

/// <summary>Headers of a request that identify its origin.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Host">The host it was sent to, with port.</param>
/// <param name="Origin">The header <c>Origin</c>; empty if there is none.</param>
/// <param name="FetchSite">The header <c>Sec-Fetch-Site</c>; empty if there is none.</param>
/// <param name="FetchMode">The header <c>Sec-Fetch-Mode</c>; empty if there is none.</param>
public readonly record struct RequestSource(string Method, string Host, string Origin, string FetchSite, string FetchMode);

/// <summary>Refuses requests that a page of another site makes a browser send. Browsers add no key by themselves, so only routes that answer without a key need
/// this.</summary>
public static class CallerRules
{
    /// <summary>Why a request is refused, as reason and sentence; null if it is not.</summary>
    /// <param name="source">The request.</param>
    /// <param name="hosts">The allowed hosts.</param>
    /// <param name="allowNavigation">Whether a link on another site may lead here: true for pages, false for routes that do work.</param>
    public static (string Reason, string Detail)? Check(RequestSource source, HostAllowList hosts, bool allowNavigation)
    {
        var host = HostOf(source.Host);
        if (!hosts.Allows(host))
        {
            return ("host-not-allowed", $"This route may not be called as '{host}' without the admin key. Add the host to Fleet:AllowedHosts.");
        }

        var isNavigation = allowNavigation && source is { Method: "GET", FetchMode: "navigate" };
        if (source.FetchSite == "cross-site" && !isNavigation)
        {
            return ("cross-site", "This route may not be called by pages of other sites (Sec-Fetch-Site: cross-site) without the admin key.");
        }

        return source.Origin.Length > 0 && !IsOwn(source, hosts)
            ? ("cross-origin", $"This route may not be called by pages of the origin '{source.Origin}' without the admin key.")
            : null;
    }

    // Only the authority is compared, since a proxy may have terminated TLS. Behind a proxy that sets another Host, the origin's host must be in the list.
    private static bool IsOwn(RequestSource source, HostAllowList hosts) =>
        Uri.TryCreate(source.Origin, UriKind.Absolute, out var origin) && origin.Scheme is "http" or "https"
        && (origin.Authority.Equals(source.Host, StringComparison.OrdinalIgnoreCase) || hosts.Names(origin.Host));

    private static string HostOf(string authority)
    {
        var end = authority.StartsWith('[') ? authority.IndexOf(']', StringComparison.Ordinal) + 1 : authority.IndexOf(':', StringComparison.Ordinal);
        return end > 0 ? authority[..end] : authority;
    }
}
