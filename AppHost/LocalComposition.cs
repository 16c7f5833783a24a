using Fleet.AppHost.Embedded;
using Fleet.AppHost.Local;
using Fleet.AppHost.Output;
using Fleet.AppHost.Settings;
using Fleet.AppHost.Setup;

namespace Fleet.AppHost;

/// <summary>The fleet on this machine, without Aspire: set up, start, show, wait for Ctrl-C, stop.</summary>
internal static class LocalComposition
{
    /// <summary>Runs until Ctrl-C or SIGTERM. Returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] args, IFleetOutput output, TimeProvider time)
    {
        var settings = AppHostSettings.Read(args);
        if (settings.Arguments.Command == AppHostCommand.Help)
        {
            output.Say(Arguments.Usage);
            return 0;
        }

        using var stop = new StopSignals(output, time);
        try
        {
            if (settings.Arguments.Command == AppHostCommand.SetUp)
            {
                await FleetSetup.RunAsync(settings.Setup, output, time, stop.First).ConfigureAwait(false);
                output.Say("Everything the fleet needs is here.");
                return 0;
            }

            output.Say("Fleet, local composition: each resource is a process of this machine. "
                + "The Aspire composition, with its dashboard: dotnet run --project AppHost -p:UseAspire=true");
            var began = time.GetTimestamp();
            var tools = await FleetSetup.RunAsync(settings.Setup, output, time, stop.First).ConfigureAwait(false);
            await using var fleet = await StartAsync(settings, tools, output, time, stop.First).ConfigureAwait(false);
            Welcome.Show(fleet.Topology, fleet.ProcessIds, settings, time.GetElapsedTime(began), output);

            var index = new FirstIndex(fleet.Topology.Realm, output, time).FollowAsync(stop.First);
            await ParentWatch.GoneAsync(output, time, stop.First).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.Stop();
            await index.ConfigureAwait(false);
            await fleet.StopAsync(stop.Second).ConfigureAwait(false);
            output.Say("Stopped.");
            return 0;
        }
        catch (OperationCanceledException) when (stop.First.IsCancellationRequested)
        {
            output.Say("Stopped before it was ready.");
            return 0;
        }
    }

    private static async Task<IRunningFleet> StartAsync(
        AppHostSettings settings, Tools tools, IFleetOutput output, TimeProvider time, CancellationToken cancellationToken)
    {
        var options = new LocalFleetOptions
        {
            Fleet = settings.Fleet,
            RedisConnection = settings.Setup.RedisConnection,
            RedisServer = tools.RedisServer,
            Settings = settings.Arguments.Settings,
        };
        if (settings.Fleet.Redis != "memory" && (settings.Setup.RedisConnection ?? tools.RedisServer) is not null)
        {
            return await LocalFleet.StartAsync(options, output, time, cancellationToken).ConfigureAwait(false);
        }

        output.Say("Without Redis all services run in this one process on a registry in memory: nothing is kept, and no part can fail alone.");
        return await EmbeddedFleet.StartAsync(options, output, time, cancellationToken).ConfigureAwait(false);
    }
}
