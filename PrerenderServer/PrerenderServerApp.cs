using Fleet.BrowserSetup;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser;
using Fleet.PrerenderServer.Browser.Connections;
using Fleet.PrerenderServer.Browser.Processes;
using Fleet.PrerenderServer.Canary;
using Fleet.PrerenderServer.Endpoints;
using Fleet.PrerenderServer.HostShells;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Registration;
using Fleet.PrerenderServer.Rendering;
using Fleet.PrerenderServer.Rendering.Commands;
using Fleet.PrerenderServer.Rendering.Diagnostics;
using Fleet.PrerenderServer.Rendering.Documents;
using Fleet.PrerenderServer.Rendering.Host;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.PrerenderServer.Rendering.Painting;
using Fleet.PrerenderServer.Rendering.Soft;
using Fleet.Registry;
using Fleet.Registry.Events;
using Fleet.Registry.HostShells;
using Fleet.Registry.Watching;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Security;
using Fleet.ServiceDefaults.Signatures;
using Fleet.ServiceDefaults.Stopping;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Fleet.PrerenderServer;

/// <summary>Builds the prerender server application.</summary>
public static class PrerenderServerApp
{
    private const string DefaultUrl = "http://127.0.0.1:5301";

    /// <summary>Builds the application.</summary>
    /// <param name="args">Command line: <c>--Section:Key=value</c>.</param>
    /// <param name="configure">For hosts that run the server in their own process. Runs first, so its registrations take precedence.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        configure?.Invoke(builder);
        builder.AddServiceDefaults();
        if (builder.Services.All(service => service.ServiceType != typeof(IBackplane)))
        {
            builder.AddFleetRedis();
            builder.Services.AddFleetRegistry();
        }

        builder.UseDefaultUrl(DefaultUrl);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        AddHost(builder);
        // Hosted services stop in reverse order of registration: the pool outlives the rendering and the registration.
        AddBrowser(builder);
        builder.AddPagePool();
        AddRendering(builder);
        AddCanary(builder);
        AddRegistration(builder);

        var app = builder.Build();
        RequireAdminKey(app);
        // Resolve these now, so that a configuration error stops the start instead of the first render.
        app.Services.GetRequiredService<IBrowserAdapter>();
        app.Services.GetRequiredService<ShellTracker>();
        app.MapDefaultEndpoints();
        app.MapRenders();
        app.MapOperators();
        return app;
    }

    /// <summary>Without a key, anyone who can reach the server could render for any affinity, run commands and read failures. Fails closed outside development.</summary>
    private static void RequireAdminKey(WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<FleetOptions>>().Value.AdminKey is null && !app.Environment.IsDevelopment())
        {
            throw new StartException("Fleet:AdminKey is not set. Without a key, any caller could render, run commands and read failed pages."
                + $" Set Fleet:AdminKey to the key of the manager, or the environment ({app.Environment.EnvironmentName}) to Development.");
        }
    }

    private static void AddHost(WebApplicationBuilder builder)
    {
        // The error of a missing address names its setting.
        var site = SiteAddress.Find(builder.Configuration) ?? new(builder.Configuration.GetServiceUri("realm"), builder.Configuration.GetServiceUri("realm"));
        var host = new HostAddress(site.Public);
        builder.Services.AddSingleton(host);
        builder.Services.AddSingleton(site);
        builder.Services.AddSingleton<SiteConnector>();
        builder.Services.AddHostedService(services => services.GetRequiredService<SiteConnector>());
        builder.Services.AddSingleton(services => new OriginAllowList(
            [host.Url.AbsoluteUri, .. services.GetRequiredService<IOptions<FleetOptions>>().Value.AllowedOrigins]));
    }

    private static void AddBrowser(WebApplicationBuilder builder)
    {
        builder.AddFleetOptions<WebBotAuthOptions>(WebBotAuthOptions.Section);
        builder.Services.AddSingleton<IBrowserAdapter>(services =>
        {
            var options = services.GetRequiredService<IOptions<BrowserOptions>>().Value;
            return new ChromiumBrowserAdapter(
                options,
                BrowserLocator.Locate(options.ExecutablePath),
                services.GetRequiredService<HostAddress>().Url,
                services.GetRequiredService<OriginAllowList>().Origins,
                services.GetRequiredService<SiteConnector>().Route,
                services.GetRequiredService<TimeProvider>(),
                services.GetRequiredService<ILogger<ChromiumBrowserAdapter>>())
            {
                Signer = services.GetRequiredService<IOptions<WebBotAuthOptions>>().Value is { SignatureAgent: { } agent } signing && signing.CreateSigner() is { } signer
                    ? new(signer, agent, services.GetRequiredService<TimeProvider>()) : null,
            };
        });
    }

    private static void AddRendering(WebApplicationBuilder builder)
    {
        builder.AddFleetOptions<RenderingOptions>(RenderingOptions.Section);
        builder.Services.AddSingleton(services => services.GetRequiredService<IOptions<RenderingOptions>>().Value);
        builder.Services.AddSingleton<RenderMetrics>();
        builder.Services.AddSingleton<FailureLog>();
        builder.Services.AddSingleton<RecentHangs>();
        builder.Services.AddSingleton<HangCircuitBreaker>();
        builder.Services.AddSingleton<PageCleanup>();
        builder.Services.AddHostedService(services => services.GetRequiredService<PageCleanup>());
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<PaintControl>(services, services.GetRequiredService<RenderingOptions>().NoPaint));
        builder.Services.AddSingleton<HostComparison>();
        builder.Services.AddSingleton<HostRender>();
        builder.Services.AddSingleton<CommandRender>();
        builder.Services.AddSingleton<DocumentRender>();
        builder.Services.TryAddSingleton(SoftPolicy.Rules);
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<SoftControl>(services, services.GetRequiredService<RenderingOptions>().SoftNavigation));
        builder.Services.AddSingleton<SoftRender>();
        builder.Services.AddSingleton<SoftComparison>();
        builder.Services.AddSingleton<SoftNavigation>();
        builder.Services.AddSingleton<RenderPaths>();
        builder.Services.AddSingleton<PageVisit>();
        builder.Services.AddSingleton<RenderResultFactory>();
        builder.Services.AddSingleton<Renderer>();
        builder.Services.AddSingleton<CommandExecutor>();
        builder.Services.AddSingleton<RenderOperationReader>();
        builder.Services.AddHealthChecks().AddCheck<PoolHealth>("pool").AddCheck<ShellHealth>("host-shell");
    }

    private static void AddRegistration(WebApplicationBuilder builder)
    {
        builder.AddFleetOptions<RegistrationOptions>(RegistrationOptions.Section);
        builder.AddRequestDrain<RegistrationOptions>(static options => options.DrainTimeout);
        builder.Services.AddSingleton(services => new ServerIdentity(
            services.GetRequiredService<IOptions<RegistrationOptions>>().Value.Name ?? builder.Configuration["OTEL_SERVICE_NAME"],
            services.GetRequiredService<ServerAddress>()));
        builder.Services.AddSingleton<ServerAddress>();
        builder.Services.AddSingleton(services => new ServiceAudience(ServiceToken.PrerenderServer(services.GetRequiredService<ServerIdentity>().Incarnation), IsOperated: true));
        builder.Services.AddRegistryWatcher<IHostShellStore, HostShell?>(
            "host shell", [FleetEventKind.HostShell], static (shells, cancellationToken) => shells.GetAsync(cancellationToken));
        builder.Services.AddSingleton<ShellTracker>();
        builder.Services.AddSingleton<ReadinessHold>();
        builder.Services.AddSingleton<AnnouncementSource>();
        builder.Services.AddHeartbeat<Announcer>();
        builder.Services.AddSingleton<Recycler>();
        builder.Services.AddHostedService<RecycleListener>();
    }

    // Before the registration, which announces the server.
    private static void AddCanary(WebApplicationBuilder builder)
    {
        builder.AddFleetOptions<CanaryOptions>(CanaryOptions.Section);
        builder.Services.AddSingleton<CanarySamples>();
        builder.Services.AddHttpClient<CanaryRenders>()
            .UseSocketsHttpHandler(static (handler, _) => (handler.UseProxy, handler.AllowAutoRedirect, handler.UseCookies) = (false, false, false))
            .RemoveAllLoggers();
        builder.Services.AddHostedService<CanaryCheck>();
    }
}
