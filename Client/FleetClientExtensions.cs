using System.Net.Http.Headers;
using Fleet.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.Hosting;

/// <summary>Adds the client of a fleet to an application.</summary>
public static class FleetClientExtensions
{
    private const string HealthCheckName = "fleet";

    /// <summary>Adds <see cref="FleetClient"/>, and a health check that is degraded while the fleet cannot render. The address is that of the connection string
    /// <paramref name="connectionName"/>, or else <c>Fleet:Client:Endpoint</c>.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="connectionName">Name of the connection string, which is the resource's name in an AppHost.</param>
    /// <param name="configure">Changes the settings that the configuration gives.</param>
    /// <returns>The client's builder, for handlers and timeouts.</returns>
    /// <exception cref="InvalidOperationException">No address is configured, or it is not one; the message names the setting.</exception>
    public static IHttpClientBuilder AddFleetClient(this IHostApplicationBuilder builder, string connectionName = "fleet", Action<FleetClientSettings>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);
        var settings = Read(builder.Configuration, connectionName);
        configure?.Invoke(settings);
        var endpoint = settings.Endpoint
            ?? throw new InvalidOperationException($"The address of the fleet is not configured: set ConnectionStrings:{connectionName} or {FleetClientSettings.Section}:{nameof(settings.Endpoint)} to that of a manager, such as http://manager:5200/.");

        builder.Services.TryAddSingleton(TimeProvider.System);
        if (!settings.DisableHealthChecks)
        {
            builder.Services.AddHealthChecks();
            builder.Services.Configure<HealthCheckServiceOptions>(static options =>
            {
                // A second client, such as that of a library, is of the same fleet.
                if (options.Registrations.All(static check => check.Name != HealthCheckName))
                {
                    options.Registrations.Add(new(HealthCheckName, static services => new FleetHealthCheck(services.GetRequiredService<FleetClient>()), HealthStatus.Degraded, ["fleet"], FleetHealthCheck.Timeout));
                }
            });
        }

        return builder.Services.AddHttpClient<FleetClient>(http =>
            {
                http.BaseAddress = endpoint.AbsoluteUri.EndsWith('/') ? endpoint : new Uri(endpoint.AbsoluteUri + "/");
                http.Timeout = Timeout.InfiniteTimeSpan;
                http.MaxResponseContentBufferSize = FleetClient.MaxAnswerBytes;
                if (settings.AdminKey is { Length: > 0 } key)
                {
                    http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
                }
            })
            // A redirect is the page's answer. A manager is not called through a proxy of the environment.
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(5), PooledConnectionLifetime = TimeSpan.FromMinutes(2) })
            .ConfigureAdditionalHttpMessageHandlers(static (handlers, _) => RemoveResilience(handlers));
    }

    // Applications of Aspire add such a handler to all clients. It would end a render after 10 s, repeat it, and throw exceptions of its own. One that is added to this client stays.
    private static void RemoveResilience(IList<DelegatingHandler> handlers)
    {
        for (var i = handlers.Count - 1; i >= 0; i--)
        {
            if (handlers[i].GetType().FullName == "Microsoft.Extensions.Http.Resilience.ResilienceHandler")
            {
                handlers.RemoveAt(i);
            }
        }
    }

    private static FleetClientSettings Read(IConfiguration configuration, string connectionName)
    {
        var settings = new FleetClientSettings();
        var section = configuration.GetSection(FleetClientSettings.Section);
        try
        {
            section.Bind(settings, static options => options.ErrorOnUnknownConfiguration = true);
            if (configuration.GetConnectionString(connectionName) is { Length: > 0 } connection)
            {
                settings.Read(connection);
            }
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            throw new InvalidOperationException($"ConnectionStrings:{connectionName} or {FleetClientSettings.Section} is not valid: {e.Message}", e);
        }

        return settings;
    }
}
