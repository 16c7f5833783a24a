using System.ComponentModel.DataAnnotations;

namespace Fleet.ServiceDefaults.Options;

/// <summary>TCP ports on 127.0.0.1, 0 to 65535; 0 means any free one.</summary>
public sealed class FleetPorts
{
    /// <summary>Port of the realm server. Default: 5100.</summary>
    [Range(0, 65535)]
    public int Realm { get; set; } = 5100;

    /// <summary>Port of the manager. Default: 5200.</summary>
    [Range(0, 65535)]
    public int Manager { get; set; } = 5200;

    /// <summary>Port of the first prerender server; the others use the following ports. Default: 5301.</summary>
    [Range(0, 65535)]
    public int Prerender { get; set; } = 5301;

    /// <summary>Port of Redis. Default: 5379.</summary>
    [Range(0, 65535)]
    public int Redis { get; set; } = 5379;
}
