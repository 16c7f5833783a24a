using Microsoft.Extensions.Configuration;

namespace Fleet.ServiceDefaults;

/// <summary>Reads the addresses of other services by Aspire's convention: <c>services__manager__http__0</c>.</summary>
public static class ServiceUris
{
    /// <summary>The address of a service, ending with a slash.</summary>
    /// <exception cref="StartException">The address is not configured or not valid; the message names the setting.</exception>
    public static Uri GetServiceUri(this IConfiguration configuration, string service) =>
        configuration.FindServiceUri(service) ?? throw new StartException(
            $"The address of '{service}' is not known. Set services:{service}:http:0 (environment: services__{service}__http__0), for example to http://127.0.0.1:5100.");

    /// <summary>The address of a service, ending with a slash; null when it is not configured.</summary>
    /// <exception cref="StartException">The address is not valid; the message names the setting.</exception>
    public static Uri? FindServiceUri(this IConfiguration configuration, string service) => configuration.FindServiceUri(service, 0);

    /// <summary>The addresses of a service with several instances, numbered from 0 without a gap, each ending with a slash; none when it is not configured.</summary>
    /// <exception cref="StartException">An address is not valid, or the first one is missing; the message names the setting.</exception>
    public static IReadOnlyList<Uri> FindServiceUris(this IConfiguration configuration, string service)
    {
        List<Uri> found = [];
        while (configuration.FindServiceUri(service, found.Count) is { } uri)
        {
            found.Add(uri);
        }

        var section = configuration.GetSection($"services:{service}");
        var named = Math.Max(section.GetSection("http").GetChildren().Count(), section.GetSection("https").GetChildren().Count());
        return named <= found.Count ? found : throw new StartException(
            $"services:{service} has {named} addresses, and services:{service}:http:{found.Count} is missing: number them from 0 without a gap.");
    }

    private static Uri? FindServiceUri(this IConfiguration configuration, string service, int number)
    {
        var section = configuration.GetSection($"services:{service}");
        var text = section[$"https:{number}"] ?? section[$"http:{number}"];
        if (text is null)
        {
            return null;
        }

        return Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new StartException($"services:{service}:http:{number} is '{text}': it must be an absolute http or https URL.");
    }
}
