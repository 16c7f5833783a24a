using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Fleet.ServiceDefaults.Security;

/// <summary>Protects routes that answer without a key against pages of other sites; see <see cref="CallerRules"/>.</summary>
public static class ForeignCallerExtensions
{
    private static readonly HostAllowList s_anyHost = new(["*"]);

    /// <summary>Refuses, with 403, requests of other sites' pages and requests for a host that is not allowed, unless they carry the admin key or a service's token.</summary>
    /// <param name="endpoints">The routes.</param>
    /// <param name="allowNavigation">Whether a link on another site may lead here.</param>
    /// <param name="anyHost">Whether requests for any host are allowed: for a route that requires the key, and may find it in the body.</param>
    public static TBuilder RefuseForeignCallers<TBuilder>(this TBuilder endpoints, bool allowNavigation = false, bool anyHost = false)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.CheckCallers(http =>
        {
            var headers = http.Request.Headers;
            var source = new RequestSource(
                http.Request.Method, http.Request.Host.Value ?? "", headers.Origin.ToString(), headers["Sec-Fetch-Site"].ToString(), headers["Sec-Fetch-Mode"].ToString());
            return CallerRules.Check(source, anyHost ? s_anyHost : http.RequestServices.GetRequiredService<HostAllowList>(), allowNavigation) is var (reason, detail) && !AdminKeyExtensions.IsTrusted(http)
                ? FleetProblem.Result(StatusCodes.Status403Forbidden, reason, detail)
                : null;
        });

    /// <summary>The allowed hosts: <c>Fleet:AllowedHosts</c>, those that the service listens on, and that of <c>Realms:PublicUrl</c>.</summary>
    internal static HostAllowList CreateHostAllowList(IServiceProvider services)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        var own = $"{configuration[WebHostDefaults.ServerUrlsKey]};{configuration["Realms:PublicUrl"]}".Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(static text => Uri.TryCreate(text, UriKind.Absolute, out var url) ? OriginAllowList.WithAsciiHost(url).Host : null).OfType<string>();
        return new([.. services.GetRequiredService<IOptions<FleetOptions>>().Value.AllowedHosts, .. own]);
    }
}

/// <summary>Marks routes whose responses are an app's own pages and files: they get no header that would change how a browser shows them.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class TenantContentAttribute : Attribute;

/// <summary>Adds the headers that keep browsers from misreading responses.</summary>
internal static class SecurityHeaders
{
    /// <summary>Adds <c>X-Content-Type-Options</c> to every response, and <c>Referrer-Policy</c> and <c>X-Frame-Options</c> to all but an app's own content.</summary>
    public static void UseSecurityHeaders(this WebApplication app) => app.Use(static (http, next) =>
    {
        // At the start of the response: an error clears headers that were set before.
        http.Response.OnStarting(static state => Add((HttpContext)state), http);
        return next(http);
    });

    private static Task Add(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.TryAdd(HeaderNames.XContentTypeOptions, "nosniff");
        if (http.GetEndpoint()?.Metadata.GetMetadata<TenantContentAttribute>() is null)
        {
            headers.TryAdd("Referrer-Policy", "no-referrer");
            headers.TryAdd(HeaderNames.XFrameOptions, "DENY");
        }

        return Task.CompletedTask;
    }
}
