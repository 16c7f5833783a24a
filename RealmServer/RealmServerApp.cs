using Fleet.Contracts;
using Fleet.RealmServer.Agents;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.HostShells;
using Fleet.RealmServer.Indexing;
using Fleet.RealmServer.IndexNow;
using Fleet.RealmServer.Rendering;
using Fleet.Registry.HostShells;
using Fleet.Registry.Reporting;
using Fleet.RealmServer.Site;
using Fleet.RealmServer.Site.Crawling;
using Fleet.RealmServer.Site.Operations;
using Fleet.RealmServer.Site.Search;
using Fleet.Registry;
using Fleet.Registry.Pages;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Security;
using Fleet.ServiceDefaults.Signatures;
using Fleet.ServiceDefaults.Sitemaps;
using Fleet.ServiceDefaults.Stopping;

namespace Fleet.RealmServer;

/// <summary>Composes the realm server.</summary>
public static class RealmServerApp
{
    private const string DefaultUrl = "http://127.0.0.1:5100";

    /// <summary>Maximum length of the request line. A bulk request with 200 ids of maximum length fits.</summary>
    private const int MaxRequestLineBytes = 32 * 1024;

    /// <summary>Builds the application.</summary>
    /// <param name="args">The command line: <c>--Section:Key=value</c>.</param>
    /// <param name="configure">Callback for hosts that run the realm server in their own process. Runs first, so its registrations win.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        configure?.Invoke(builder);
        builder.UseDefaultUrl(DefaultUrl);
        builder.AddServiceDefaults();
        builder.AddFleetOptions<HostAppOptions>(HostAppOptions.Section);
        builder.AddFleetOptions<RealmsOptions>(RealmsOptions.Section);
        builder.AddFleetOptions<PagesOptions>(PagesOptions.Section);
        builder.AddFleetOptions<IndexOptions>(IndexOptions.Section);
        builder.AddFleetOptions<ScreenshotsOptions>(ScreenshotsOptions.Section);
        builder.AddFleetOptions<WebBotAuthOptions>(WebBotAuthOptions.Section);
        builder.AddFleetOptions<IndexNowOptions>(IndexNowOptions.Section);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestLineSize = MaxRequestLineBytes;
        });
        if (builder.Services.All(service => service.ServiceType != typeof(IPageStore)))
        {
            builder.AddFleetRedis();
            builder.Services.AddFleetRegistry();
        }

        AddSite(builder.Services);
        AddAgents(builder.Services);
        AddIndexNow(builder.Services);
        AddIndex(builder);
        builder.Services.AddHealthChecks().AddCheck<HostShellHealth>("host-shell").AddCheck<RealmsHealth>("realms").AddCheck<RenderingMonitor>("rendering");
        builder.AddStopNotice();
        builder.Services.AddRateLimiter(static limits => limits.AddPolicy<string, SearchLimiter>(nameof(SearchLimiter)));

        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.UseRateLimiter();
        app.MapPostDeployment();
        app.MapIndex();
        app.MapSearch();
        app.MapPages();
        app.MapScreenshots();
        app.MapCardWrites();
        app.MapKeyDirectory();
        app.MapIndexNowKey();
        app.MapSite();
        return app;
    }

    private static void AddSite(IServiceCollection services) => _ = services
        .AddServiceAnnouncement(ServiceKind.RealmServer)
        .AddSingleton(new ServiceAudience(ServiceToken.RealmServer, IsOperated: true))
        .AddSingleton<HostShellFile>()
        .AddSingleton<HostShellClaims>()
        .AddHostedService(static services => services.GetRequiredService<HostShellClaims>())
        .AddHostedService<HostShellWatcher>()
        .AddSingleton<RealmCatalog>()
        .AddSingleton<SourceVersions>()
        .AddSingleton<PublicAddress>()
        .AddSingleton<RealmAnnouncer>()
        .AddHostedService(static services => services.GetRequiredService<RealmAnnouncer>())
        .AddSingleton<HeartbeatService>(static services => services.GetRequiredService<HostShellClaims>())
        .AddSingleton<HeartbeatService>(static services => services.GetRequiredService<RealmAnnouncer>())
        .AddSingleton<HeartbeatService>(static services => services.GetRequiredService<IndexLease>())
        .AddSingleton<HeartbeatService>(static services => services.GetRequiredService<StorageCollector>())
        .AddSingleton<CardFiles>()
        .AddSingleton<CardResponses>()
        .AddSingleton<HostAppFiles>()
        .AddSingleton<Crawlers>()
        .AddSingleton<PageRenditions>()
        .AddSingleton<ListedRoutes>()
        .AddSingleton<Sitemap>()
        .AddSingleton<StoredRoutes>()
        .AddSingleton<CrawlerFiles>()
        .AddSingleton<ReadKeys>()
        .AddSingleton<CardWriter>()
        .AddSingleton<SearchIndex>()
        .AddSingleton<PageAddress>()
        .AddSingleton<ShellPages>()
        .AddSingleton<PageCache>()
        .AddHostedService(static services => services.GetRequiredService<PageCache>())
        .AddSingleton<RenderQueue>()
        .AddSingleton<CurrentPages>()
        .AddSingleton<OnDemandRenders>()
        .AddHostedService(static services => services.GetRequiredService<OnDemandRenders>())
        .AddSingleton<PageDecisions>()
        .AddSingleton<FirstRenderLimiter>()
        .AddSingleton<PageFinder>()
        .AddSingleton<RealmMetrics>()
        .AddSingleton<RouteDocuments>()
        .AddSingleton<PageHandler>()
        .AddSingleton<HostAppHandler>()
        .AddSingleton<SiteHandler>()
        .AddSingleton<PageTargets>()
        .AddSingleton<PageDirectory>()
        .AddTransient<PageActions>()
        .AddHttpClient<SitemapReader>(static client => client.Timeout = SitemapReader.Timeout)
        .UseSocketsHttpHandler(static (handler, _) => (handler.UseProxy, handler.AllowAutoRedirect) = (false, false))
        .RemoveAllLoggers();

    // Keys of agents are read without credentials, redirects and proxy, from public addresses.
    private static void AddAgents(IServiceCollection services) => _ = services
        .AddSingleton<CrawlerNetworks>()
        .AddSingleton<KeyDirectories>()
        .AddSingleton<AgentSignatures>()
        .AddSingleton<VerifiedCrawlers>()
        .AddHttpClient(KeyDirectories.Client, static client => client.Timeout = Timeout.InfiniteTimeSpan)
        .UseSocketsHttpHandler(static (handler, _) => (handler.UseProxy, handler.AllowAutoRedirect, handler.UseCookies, handler.ConnectCallback) = (false, false, false, PublicConnection.ConnectAsync))
        .RemoveAllLoggers();

    private static void AddIndexNow(IServiceCollection services) => _ = services
        .AddSingleton<ChangedPages>()
        .AddHostedService<IndexNowSubmitter>()
        .AddHttpClient(IndexNowSubmitter.Client, static client => client.Timeout = IndexNowSubmitter.Timeout)
        .UseSocketsHttpHandler(static (handler, _) => (handler.UseProxy, handler.AllowAutoRedirect, handler.UseCookies, handler.ConnectCallback) = (false, false, false, PublicConnection.ConnectAsync))
        .RemoveAllLoggers();

    private static void AddIndex(WebApplicationBuilder builder)
    {
        var services = builder.Services.AddSingleton<IndexProgress>().AddSingleton<IndexEvents>();
        services.AddSingleton<PageFailures>().AddSingleton<PageWriter>().AddSingleton<PageAcceptance>().AddSingleton<PageRenderer>()
            .AddSingleton<ScreenshotTaker>().AddSingleton<ScreenshotPlan>().AddSingleton<CardScreenshots>().AddHostedService(static s => s.GetRequiredService<CardScreenshots>())
            .AddSingleton<IndexSources>().AddSingleton<StoredPages>().AddSingleton<IndexPass>().AddSingleton<IndexBasis>().AddSingleton<Indexer>().AddHostedService(static s => s.GetRequiredService<Indexer>())
            .AddSingleton<IndexLease>().AddHostedService(static s => s.GetRequiredService<IndexLease>())
            .AddSingleton<StorageCollector>().AddHostedService(static s => s.GetRequiredService<StorageCollector>())
            .AddHostedService<CardFolderWatcher>()
            .AddSingleton<RenderingMonitor>().AddHostedService(static s => s.GetRequiredService<RenderingMonitor>());
        services.AddTransient<ManagerFailoverHandler>();
        services.AddSingleton(static provider => new ManagerAddresses(provider.GetRequiredService<IConfiguration>().FindServiceUris("manager")));
        services.AddHttpClient<ManagerClient>((provider, client) =>
        {
            // Resolved here, so that a realm server without a manager still starts; it then has no index.
            client.BaseAddress = provider.GetRequiredService<ManagerAddresses>().All is [var first, ..] ? first : null;
            client.MaxResponseContentBufferSize = ManagerClient.MaxAnswerBytes;
            // Each call has its own deadline.
            client.Timeout = Timeout.InfiniteTimeSpan;
        }).UseSocketsHttpHandler(static (handler, _) =>
          {
              handler.UseProxy = false; // Calls within the fleet never use a proxy.
              handler.ConnectTimeout = ManagerFailoverHandler.ConnectTimeout;
          })
          .AddHttpMessageHandler(static provider =>
          {
              var claims = provider.GetRequiredService<HostShellClaims>();
              return new ShellGenerationHandler(() => claims.FleetShell);
          })
          .AddHttpMessageHandler(static provider => new ServiceTokenHandler(
              provider.GetRequiredService<FleetKeys>(), ServiceToken.Manager, provider.GetRequiredService<TimeProvider>()))
          .AddHttpMessageHandler<ManagerFailoverHandler>() // Last: the others add headers once per request.
          .RemoveAllLoggers(); // They log four lines per render, and a stack trace while the manager is not up yet. The index logs one line.
    }
}
