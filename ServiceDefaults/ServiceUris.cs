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
    public static Uri? FindServiceUri(this IConfiguration configuration, string service)
    {
        var section = configuration.GetSection($"services:{service}");
        var text = section["https:0"] ?? section["http:0"];
        if (text is null)
        {
            return null;
        }

        return Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new StartException($"services:{service}:http:0 is '{text}': it must be an absolute http or https URL.");
    }
}
