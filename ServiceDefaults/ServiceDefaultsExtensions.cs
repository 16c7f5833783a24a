using System.Text.Json.Serialization;
using Fleet.Contracts;
using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Problems;
using Fleet.ServiceDefaults.Security;
using Fleet.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fleet.ServiceDefaults;

/// <summary>Adds what every service of the fleet shares: telemetry, health checks, problem details, validated options and the JSON dialect.</summary>
public static class ServiceDefaultsExtensions
{
    private const string AliveTag = "live";

    /// <summary>Adds the shared services. Call it first.</summary>
    /// <exception cref="OptionsValidationException">A level of the log or an address to listen on is wrong.</exception>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        HostSettings.Check(builder.Configuration);
        builder.AddFleetTelemetry();
        builder.AddFleetOptions<FleetOptions>(FleetOptions.Section);

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<FleetKeys>();
        builder.Services.AddSingleton<StreamLimiter>();
        builder.Services.AddSingleton(ForeignCallerExtensions.CreateHostAllowList);
        builder.Services.AddSingleton<InternalAddresses>();
        builder.Services.AddSingleton<FatalError>();
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [AliveTag]);
        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = BareStatus.Describe);
        builder.Services.AddExceptionHandler<FleetExceptionHandler>();
        // An unreadable body throws, so that FleetExceptionHandler can describe what is wrong with it.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(options =>
        {
            FleetJson.Configure(options.SerializerOptions);
            // Callers of the API get an error for a misspelled member. Records and answers of other services may have members of a later version.
            options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        });
        // Long enough for renders to finish, and shorter than the usual time before orchestrators kill a process (30 s).
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(25));
        return builder;
    }

    /// <summary>Sets the address to listen on if the configuration has none: neither <c>ASPNETCORE_URLS</c> nor <c>ASPNETCORE_HTTP_PORTS</c> or <c>HTTP_PORTS</c>, which
    /// container images set.</summary>
    public static WebApplicationBuilder UseDefaultUrl(this WebApplicationBuilder builder, string url)
    {
        string[] keys = [WebHostDefaults.ServerUrlsKey, WebHostDefaults.HttpPortsKey, WebHostDefaults.HttpsPortsKey];
        if (keys.All(key => string.IsNullOrEmpty(builder.Configuration[key]) && string.IsNullOrEmpty(builder.WebHost.GetSetting(key))))
        {
            builder.WebHost.UseUrls(url);
        }

        return builder;
    }

    /// <summary>Maps <c>/health</c> (ready to work) and <c>/alive</c> (needs no restart) in every environment, and converts errors to problem details.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        // First: everything after it sees the client's address.
        app.UseTrustedProxies();
        app.UseSecurityHeaders();
        app.UseRepeatableBodies();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseCallerChecks();
        app.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = WriteHealthAsync });
        app.MapHealthChecks("/alive", new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(AliveTag),
            ResponseWriter = WriteHealthAsync,
        });
        app.MapMetrics();
        return app;
    }

    // Anyone may read it, and the message of an exception may contain addresses and paths. The health check logs the exception.
    private static string? DescriptionOf(HealthReportEntry entry, InternalAddresses addresses) =>
        entry.Exception is not null ? "The check failed; the log of this service says why."
        : entry.Description is { } description ? addresses.Hide(description)
        : null;

    private static Task WriteHealthAsync(HttpContext http, HealthReport report)
    {
        var addresses = http.RequestServices.GetRequiredService<InternalAddresses>();
        return http.Response.WriteAsJsonAsync(
            new
            {
                Status = report.Status.ToString(),
                Checks = report.Entries.ToDictionary(e => e.Key, e => new { Status = e.Value.Status.ToString(), Description = DescriptionOf(e.Value, addresses) }),
            },
            FleetJson.Options,
            http.RequestAborted);
    }
}
