using System.ComponentModel.DataAnnotations;

namespace Fleet.ServiceDefaults.Options;

/// <summary>Settings that the services share. Every key under <c>Fleet:</c> is here; any other is an error at start.</summary>
public sealed class FleetOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Fleet";

    /// <summary>Key of operator routes and of calls between services, 8 to 256 visible ASCII characters without spaces. Default: none, which closes those routes;
    /// the AppHost makes one for the run.</summary>
    [StringLength(256, MinimumLength = 8)]
    [RegularExpression("[!-~]*", ErrorMessage = "must be visible ASCII characters without spaces: it goes into a header, and a line end is easily taken along")]
    public string? AdminKey { get; set; }

    /// <summary>Whether renders want the admin key as well. Default: false.</summary>
    public bool RequireKey { get; set; }

    /// <summary>Further origins that may be rendered, beside the host's: <c>https://app.example.com</c>. Default: none.</summary>
    [MaxLength(100), AbsoluteOrigins]
    public string[] AllowedOrigins { get; set; } = [];

    /// <summary>How long a manager or a realm server that is told to stop goes on answering, not ready and with each connection closed after its
    /// answer, so that load balancers turn to another in time. 0 to 15 s. Default: 2 s; the AppHost, which stops all of them together, sets 0.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:15")]
    public TimeSpan StopNotice { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The Redis that the AppHost starts when <c>ConnectionStrings:redis</c> names none: <c>garnet</c> (a process of this machine) or
    /// <c>container</c> (redis in a container). Default: <c>garnet</c>.</summary>
    [AllowedValues("garnet", "container")]
    public string Redis { get; set; } = "garnet";

    /// <summary>Prerender servers that the AppHost starts, 1 to 16. Default: 2.</summary>
    [Range(1, 16)]
    public int PrerenderServers { get; set; } = 2;

    /// <summary>Ports that the AppHost gives out.</summary>
    public FleetPorts Ports { get; set; } = new();
}

/// <summary>Each string is an origin: http or https, host, optional port, nothing after it.</summary>
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
