using System.ComponentModel.DataAnnotations;

namespace Fleet.ServiceDefaults.Options;

/// <summary>Settings that the services share. Any other key under <c>Fleet:</c> is an error at start.</summary>
public sealed class FleetOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Fleet";

    /// <summary>Key of operator routes and of calls between services, 8 to 256 visible ASCII characters without spaces. Default: none, which closes those routes;
    /// the AppHost creates one per run.</summary>
    [StringLength(256, MinimumLength = 8)]
    [RegularExpression("[!-~]*", ErrorMessage = "must be visible ASCII characters without spaces: it goes into a header, and a line end is easily taken along")]
    public string? AdminKey { get; set; }

    /// <summary>Whether renders require the admin key as well. Default: false.</summary>
    public bool RequireKey { get; set; }

    /// <summary>Origins that may be rendered, in addition to the host's: <c>https://app.example.com</c>. Default: none.</summary>
    [MaxLength(100), AbsoluteOrigins]
    public string[] AllowedOrigins { get; set; } = [];

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
