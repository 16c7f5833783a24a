using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Fleet.ServiceDefaults.Options;

/// <summary>Settings that the services share. Any other key under <c>Fleet:</c> is an error at start.</summary>
public sealed class FleetOptions : IReadsFiles
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Fleet";

    /// <summary>The error of two keys, neither of which is clearly meant.</summary>
    public const string BothKeys = "Fleet:AdminKey and Fleet:AdminKeyFile are both set. Remove one of them.";

    /// <summary>Key of operator routes, from which the keys of calls between services are derived: 32 to 256 visible ASCII characters without spaces, at least 8 of
    /// them different. Default: none, which closes those routes; the AppHost creates one per run.</summary>
    [AdminKey]
    public string? AdminKey { get; set; }

    /// <summary>File with the admin key, instead of <see cref="AdminKey"/>: other users of a machine can read command lines, and environments are inherited.
    /// Default: none.</summary>
    public string? AdminKeyFile { get; set; }

    /// <summary>Whether renders require the admin key as well. Default: false.</summary>
    public bool RequireKey { get; set; }

    /// <summary>Origins that may be rendered, in addition to the host's: <c>https://app.example.com</c>. Default: none.</summary>
    [MaxLength(100), AbsoluteOrigins]
    public string[] AllowedOrigins { get; set; } = [];

    /// <summary>Hosts, besides addresses and names without a dot, as which the routes for operators and renders may be called without a key: <c>render.example.com</c>,
    /// <c>*.example.com</c>, or <c>*</c> for any. Default: none.</summary>
    [MaxLength(100), HostPatterns]
    public string[] AllowedHosts { get; set; } = [];

    /// <summary>IP addresses and CIDR ranges of the reverse proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> count: <c>10.0.0.7</c>, <c>fd00::/64</c>.
    /// Those of any other caller are ignored. Default: none.</summary>
    [MaxLength(100), AddressRanges]
    public string[] TrustedProxies { get; set; } = [];

    /// <summary>The renditions of stored pages: <c>desktop</c>, or <c>desktop,mobile</c>, of which a client with a mobile user agent gets the second. The same for realm servers and
    /// managers. Default: <c>desktop</c>.</summary>
    [AllowedValues("desktop", "desktop,mobile")]
    public string Renditions { get; set; } = "desktop";

    /// <summary>Whether pages have a mobile rendition.</summary>
    public bool HasMobileRendition() => Renditions != "desktop";

    /// <summary>Whether <c>GET /metrics</c> of every service returns its metrics in the format of Prometheus: <c>off</c>, <c>key</c> (with the admin key) or <c>open</c>
    /// (for every caller that can reach the service). Default: <c>off</c>.</summary>
    [AllowedValues("off", "key", "open")]
    public string Metrics { get; set; } = "off";

    /// <summary>Format of the log on the console: <c>text</c>, or <c>json</c> with one object per line. Default: <c>text</c>.</summary>
    [AllowedValues("text", "json")]
    public string LogFormat { get; set; } = "text";

    /// <summary>How long a stopping manager or realm server keeps answering, so that load balancers switch to another replica in time. Meanwhile it reports unhealthy
    /// and closes each connection after its response. 0 to 15 s. Default: 2 s; the AppHost, which stops all services together, sets 0.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:15")]
    public TimeSpan StopNotice { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The Redis that the AppHost starts if <c>ConnectionStrings:redis</c> is not set: <c>garnet</c> (a local process) or <c>container</c> (Redis in a
    /// container). Default: <c>garnet</c>.</summary>
    [AllowedValues("garnet", "container")]
    public string Redis { get; set; } = "garnet";

    /// <summary>Number of prerender servers that the AppHost starts, 1 to 16. Default: 2.</summary>
    [Range(1, 16)]
    public int PrerenderServers { get; set; } = 2;

    /// <summary>Ports that the AppHost assigns.</summary>
    public FleetPorts Ports { get; set; } = new();

    void IReadsFiles.ReadFiles()
    {
        if (string.IsNullOrWhiteSpace(AdminKeyFile))
        {
            return;
        }

        AdminKey = AdminKey is null ? AdminKeyRules.Read(AdminKeyFile == AdminKeyRules.StandardInput ? AdminKeyFile : Path.GetFullPath(AdminKeyFile))
            : throw new StartException(BothKeys);
    }
}

/// <summary>Requires that each string is a host name, <c>*.</c> and a host name, or <c>*</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HostPatternsAttribute : ValidationAttribute
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is not IEnumerable<string> patterns
        || patterns.All(static pattern => pattern == "*" || Uri.CheckHostName(pattern.StartsWith("*.", StringComparison.Ordinal) ? pattern[2..] : pattern) == UriHostNameType.Dns);

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) => $"{name} must be host names without port, such as render.example.com or *.example.com, or *.";
}

/// <summary>Requires that each string is an origin: http or https, host, optional port, and nothing else.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AbsoluteOriginsAttribute : ValidationAttribute
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) =>
        value is not IEnumerable<string> origins || origins.All(o => OriginAllowList.TryNormalize(o, out _));

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) =>
        $"{name} must be origins such as https://app.example.com, without path, query or user.";
}

/// <summary>Requires that each string is an IP address or a range in CIDR notation that does not contain all addresses.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AddressRangesAttribute : ValidationAttribute
{
    /// <summary>The network of an address or of a CIDR range; null when the text is neither.</summary>
    internal static IPNetwork? Parse(string text) =>
        IPAddress.TryParse(text, out var address) ? new(address, address.GetAddressBytes().Length * 8)
        : IPNetwork.TryParse(text, out var network) ? network
        : null;

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is not IEnumerable<string> ranges || ranges.All(static range => Parse(range) is { PrefixLength: > 0 });

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) =>
        $"{name} must be IP addresses or CIDR ranges, such as 10.0.0.7, 10.1.0.0/16 or fd00::/64; a range of all addresses (/0) is refused.";
}
