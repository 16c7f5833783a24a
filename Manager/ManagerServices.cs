using Fleet.Manager.Dashboard;
using Fleet.Manager.Forwarding;
using Fleet.Manager.Health;
using Fleet.Manager.HostShells;
using Fleet.Manager.Jobs;
using Fleet.Manager.Pipeline;
using Fleet.Manager.Rendering;
using Fleet.Manager.Routing;
using Fleet.Manager.Scheduling;
using Fleet.Manager.Servers;
using Fleet.Manager.Telemetry;
using Fleet.Contracts;
using Fleet.Registry;
using Fleet.Registry.Events;
using Fleet.Registry.HostShells;
using Fleet.Registry.Watching;
using Fleet.ServiceDefaults.Security;
using Fleet.ServiceDefaults.Sitemaps;
using Microsoft.Extensions.Options;

namespace Fleet.Manager;

/// <summary>Registers the manager's services.</summary>
internal static class ManagerServices
{
    /// <summary>Timeout of a connection for a sitemap or a webhook.</summary>
    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(10);

    public static IServiceCollection AddManager(this IServiceCollection services)
    {
        services
            .AddServiceAnnouncement(ServiceKind.Manager)
            .AddSingleton<Reservations>()
            .AddSingleton<UnhealthyServers>()
            .AddSingleton<Heartbeats>()
            .AddSingleton<FleetAlerts>()
            .AddSingleton<FleetAlertSource>()
            .AddSingleton<RenderHistory>()
            .AddSingleton<RecentRenders>()
            .AddSingleton<FleetViewReader>()
            .AddRegistryWatcher<FleetViewReader, FleetView>(
                "fleet",
                [FleetEventKind.HostShell, FleetEventKind.Servers, FleetEventKind.WarmAffinities, FleetEventKind.Realms, FleetEventKind.Services],
                static (reader, changes, cancellationToken) => reader.ReadAsync(changes, cancellationToken))
            .AddSingleton<FleetViews>()
            .AddSingleton<ServerFailureNotifier>()
            .AddSingleton<ShellProgress>()
            .AddSingleton<Router>()
            .AddSingleton<AllowedOrigins>()
            .AddSingleton<PrincipalScope>()
            .AddSingleton<PrincipalLimiter>()
            .AddSingleton(new ServiceAudience(ServiceToken.Manager))
            .AddSingleton<ConcurrencyGate>()
            .AddSingleton<NestedRenderLimiter>()
            .AddSingleton<RequestCoalescer>()
            .AddSingleton<FleetOperations>()
            .AddSingleton<FailureRecords>()
            .AddHostedService<ServerProber>()
            .AddSingleton<ManagerMetrics>()
            .AddSingleton<RenderAttempts>()
            .AddSingleton<RenderDispatcher>()
            .AddSingleton<ScheduledRenders>()
            .AddSingleton<RenderRecorder>()
            .AddSingleton<AffinityResolver>()
            .AddSingleton<StoredPageReader>()
            .AddSingleton<RenderPipeline>()
            .AddSingleton<FleetStatusSource>()
            .AddSingleton<FleetPageStream>();

        services.AddSingleton(provider =>
        {
            var views = provider.GetRequiredService<FleetViews>();
            return new Quarantine(
                () => views.Current.Shell?.Token, provider.GetRequiredService<IOptions<ManagerOptions>>(), provider.GetRequiredService<TimeProvider>());
        });
        services.AddSingleton<FleetHealthMonitor>().AddHostedService(provider => provider.GetRequiredService<FleetHealthMonitor>());
        services.AddHealthChecks().AddCheck<FleetHealthMonitor>("membership");
        services.AddSingleton(CreateHttpClient);
        services.AddSingleton<AnswerReceiver>();
        services.AddSingleton<PrerenderClient>();
        services.AddSingleton<ServerOperations>();
        services.AddSingleton<PagesClient>();
        AddJobs(services);
        return services;
    }

    // Sitemaps and webhooks are read and sent without credentials, redirects and proxy.
    private static void AddJobs(IServiceCollection services)
    {
        services.AddSingleton<SitePages>().AddSingleton<PublicationUrls>().AddSingleton<PublicationWaits>().AddSingleton<JobUrls>().AddSingleton<JobLists>().AddSingleton<JobRunner>().AddHostedService(provider => provider.GetRequiredService<JobRunner>())
            .AddHostedService<WebhookSender>();
        services.AddHttpClient(JobLists.SitemapClient, static client => client.Timeout = SitemapReader.Timeout)
            .UseSocketsHttpHandler(static (handler, _) => (handler.UseProxy, handler.AllowAutoRedirect, handler.UseCookies, handler.ConnectTimeout) = (false, false, false, s_connectTimeout))
            .RemoveAllLoggers();
        services.AddHttpClient(WebhookSender.Client)
            .UseSocketsHttpHandler(static (handler, _) => (handler.UseProxy, handler.AllowAutoRedirect, handler.UseCookies, handler.ConnectTimeout, handler.ConnectCallback) =
                (false, false, false, s_connectTimeout, PublicConnection.ConnectAsync))
            .RemoveAllLoggers();
    }

    // No resilience handler: RenderDispatcher owns retries, and each request has its own deadline.
    private static HttpClient CreateHttpClient(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<ManagerOptions>>();
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = options.Value.ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        // Without a default credential: addresses of servers come from Redis, and each request has a token for its receiver only.
        var views = provider.GetRequiredService<FleetViews>();
        return new HttpClient(new ShellGenerationHandler(() => views.Current.Shell) { InnerHandler = sockets })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = options.Value.MaxResultBytes,
        };
    }
}
