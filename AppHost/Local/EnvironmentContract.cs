namespace Fleet.AppHost.Local;

/// <summary>The environment variables by which a service learns of the others: exactly those that Aspire sets, so the services
/// cannot tell which composition started them.</summary>
internal static class EnvironmentContract
{
    private const string Urls = "ASPNETCORE_URLS";

    /// <summary>Variables that would contradict the contract if a service inherited them from the developer's shell.</summary>
    public static IReadOnlyList<string> NotInherited { get; } =
        [Urls, "URLS", "urls", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS", "OTEL_SERVICE_NAME"];

    /// <summary>The variables of one service.</summary>
    public static IReadOnlyDictionary<string, string> For(string service, Topology topology)
    {
        // Settings don't care about case: whatever the command line wrote, the contract's own value replaces it.
        var variables = topology.Settings.ToDictionary(s => s.Key.Replace(":", "__", StringComparison.Ordinal), s => s.Value, StringComparer.OrdinalIgnoreCase);
        variables[Urls] = Address(topology.AddressOf(service));
        variables["OTEL_SERVICE_NAME"] = service;
        variables["Fleet__AdminKey"] = topology.AdminKey;
        // All of them stop together, so there is nobody to turn to instead.
        variables.TryAdd("Fleet__StopNotice", "00:00:00");
        foreach (var other in (string[])[ResourceNames.Realm, ResourceNames.Manager])
        {
            if (other != service)
            {
                variables[$"services__{other}__http__0"] = Address(other == ResourceNames.Realm ? topology.Host : topology.AddressOf(other));
            }
        }

        if (topology.Redis is { } redis)
        {
            variables["ConnectionStrings__redis"] = redis;
        }
        else
        {
            variables["Fleet__Redis"] = "memory";
        }

        return variables;
    }

    /// <summary>The same as command-line arguments, for services that run in this process and share its environment.</summary>
    public static string[] AsArguments(IReadOnlyDictionary<string, string> variables) =>
        [.. variables.Select(v => $"--{(v.Key == Urls ? "urls" : v.Key.Replace("__", ":", StringComparison.Ordinal))}={v.Value}")];

    // As Aspire writes addresses: without the slash at the end.
    private static string Address(Uri uri) => uri.GetLeftPart(UriPartial.Authority);
}
