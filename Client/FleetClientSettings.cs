namespace Fleet.Client;

/// <summary>Settings of a <see cref="FleetClient"/>. Section <c>Fleet:Client</c> of the configuration, or the connection string.</summary>
public sealed class FleetClientSettings
{
    /// <summary>Section of the configuration.</summary>
    public const string Section = "Fleet:Client";

    /// <summary>Address of a manager: <c>http://manager:5200/</c>. Required.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>The fleet's admin key. Only needed for affinities other than the URL's own, for <c>WaitForFunction</c>, and where <c>Fleet:RequireKey</c> is true. Default: none.</summary>
    public string? AdminKey { get; set; }

    /// <summary>Whether the health check <c>fleet</c> is left out. Default: false.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>Reads a connection string: an address, or <c>Endpoint=http://manager:5200;AdminKey=…</c>.</summary>
    /// <exception cref="FormatException">A part of it is unknown or not an address; the message does not repeat the key.</exception>
    internal void Read(string connectionString)
    {
        if (Uri.TryCreate(connectionString, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            Endpoint = address;
            return;
        }

        foreach (var part in connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var (name, value) = part.Split('=', 2) is [var before, var after] ? (before.Trim(), after.Trim()) : (part, "");
            switch (name.ToUpperInvariant())
            {
                case "ENDPOINT":
                    Endpoint = Uri.TryCreate(value, UriKind.Absolute, out address) && address.Scheme is "http" or "https"
                        ? address
                        : throw new FormatException($"Endpoint is '{value}': it must be an http or https URL, such as http://manager:5200/.");
                    break;
                case "ADMINKEY":
                    AdminKey = value;
                    break;
                default:
                    throw new FormatException($"The connection string of a fleet has the part '{name}': it may have Endpoint and AdminKey.");
            }
        }
    }
}
