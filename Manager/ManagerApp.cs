using Fleet.Contracts;
using Fleet.Manager.Dashboard;
using Fleet.Manager.Dialects;
using Fleet.Manager.Endpoints;
using Fleet.Manager.HostShells;
using Fleet.Manager.Jobs;
using Fleet.Manager.Scheduling;
using Fleet.Registry;
using Fleet.Registry.Events;
using Fleet.ServiceDefaults;
using Fleet.ServiceDefaults.Options;
using Fleet.ServiceDefaults.Stopping;

namespace Fleet.Manager;

/// <summary>Builds the manager application.</summary>
public static class ManagerApp
{
    private const string DefaultUrl = "http://127.0.0.1:5200";

    /// <summary>Maximum request line, in bytes. Large enough that a URL of ten times the allowed length still gets a clear error.</summary>
    private const int MaxRequestLineBytes = 64 * 1024;

    /// <summary>Builds the application.</summary>
    /// <param name="args">Command line: <c>--Section:Key=value</c>.</param>
    /// <param name="configure">For hosts that run the manager in their own process. It runs first, so its registrations win.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        configure?.Invoke(builder);
        builder.AddServiceDefaults();
        builder.AddFleetOptions<ManagerOptions>(ManagerOptions.Section);
        builder.AddFleetOptions<JobsOptions>(JobsOptions.Section);
        builder.AddRequestDrain<ManagerOptions>(static options => options.DrainTimeout);
        if (!builder.Services.Any(service => service.ServiceType == typeof(IBackplane)))
        {
            builder.AddFleetRedis();
            builder.Services.AddFleetRegistry();
        }

        builder.Services.AddManager();
        builder.Services.AddOpenApi(GetAndHead.OmitHead);
        builder.AddStopNotice();
        builder.UseDefaultUrl(DefaultUrl);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RenderLimits.MaxBodyBytes;
            kestrel.Limits.MaxRequestLineSize = MaxRequestLineBytes;
            kestrel.Limits.MaxRequestBufferSize = 2 * MaxRequestLineBytes;
        });

        var app = builder.Build();
        // Create these now: the one observes shell changes from the start, the gauges of the other exist before the first render.
        app.Services.GetRequiredService<ShellProgress>();
        app.Services.GetRequiredService<ConcurrencyGate>();
        app.MapDefaultEndpoints();
        app.UseShellCatchUp();
        app.MapOpenApi();
        app.MapRenders();
        app.MapScreenshots();
        app.MapDialects();
        app.MapCommands();
        app.MapJobs();
        app.MapPublications();
        app.MapFleet();
        app.MapFailures();
        app.MapPages();
        app.MapHostShells();
        app.MapFleetPage();
        return app;
    }
}
