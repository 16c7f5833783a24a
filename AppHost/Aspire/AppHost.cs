// The fleet as an Aspire app model. It is compiled where Aspire's packages restore (UseAspire=true); elsewhere Program.cs starts the
// same resources as processes of this machine.
using Fleet.AppHost.Aspire;
using Fleet.AppHost.Local;
using Fleet.AppHost.Output;
using Fleet.AppHost.Settings;
using Fleet.AppHost.Setup;
using Fleet.ServiceDefaults;

var output = ConsoleOutput.Create();
output.Say("Fleet, Aspire composition. Without Aspire: dotnet run --project AppHost -p:UseAspire=false");

try
{
    var builder = DistributedApplication.CreateBuilder(args);
    var fleet = builder.GetFleetOptions();
    if (builder.ExecutionContext.IsRunMode)
    {
        var command = Arguments.Parse(args).Command;
        if (command == AppHostCommand.Help)
        {
            output.Say(Arguments.Usage);
            return 0;
        }

        await FleetSetup.RunAsync(builder.GetSetupWishes(fleet), output, TimeProvider.System, CancellationToken.None);
        if (command == AppHostCommand.SetUp)
        {
            output.Say("Everything the fleet needs is here.");
            return 0;
        }
    }

    builder.AddAzureContainerAppEnvironment("fleet-environment");

    var adminKey = builder.AddFleetAdminKey("admin-key", fleet);
    var redis = builder.AddFleetRedis(ResourceNames.Redis, fleet);

    var realm = builder.AddProject<RealmServerProject>(ResourceNames.Realm, project => project.ExcludeLaunchProfile = true)
        .WithFleetEndpoint(fleet.Ports.Realm)
        .WithExternalHttpEndpoints()
        .WithHttpHealthCheck("/health")
        .WithFleetSettings(adminKey)
        .WithReference(redis).WaitFor(redis);

    var manager = builder.AddProject<ManagerProject>(ResourceNames.Manager, project => project.ExcludeLaunchProfile = true)
        .WithFleetEndpoint(fleet.Ports.Manager)
        .WithUrlForEndpoint("http", url => url.DisplayText = "Fleet")
        .WithHttpHealthCheck("/health")
        .WithFleetSettings(adminKey)
        .WithReference(redis).WaitFor(redis)
        .WithReference(realm)
        .WithRecycleCommand(adminKey);

    // The realm server sends its cards to the manager when there is one; waiting for it would be waiting in a circle.
    realm.WithReference(manager);
    if (builder.Configuration["Realms:PublicUrl"] is null)
    {
        // It listens behind a proxy, so it cannot know it.
        realm.WithEnvironment("Realms__PublicUrl", realm.GetEndpoint("http"));
    }

    // Named servers, not replicas: the manager sends each render to one particular server, so each needs an address of its own. Replicas
    // share one, and Azure Container Apps cannot address a replica.
    for (var i = 0; i < fleet.PrerenderServers; i++)
    {
        var server = builder.AddProject<PrerenderServerProject>(ResourceNames.Prerender(i), project => project.ExcludeLaunchProfile = true);
        server
            .WithFleetEndpoint(fleet.Ports.Prerender == 0 ? 0 : fleet.Ports.Prerender + i)
            .WithEnvironment("Registration__Url", server.GetEndpoint("http"))
            .WithHttpHealthCheck("/health")
            .WithFleetSettings(adminKey)
            .WithReference(redis).WaitFor(redis)
            .WithReference(realm).WaitFor(realm)
            .WithReference(manager)
            .WithParentRelationship(manager)
            .PublishWithBrowser();
    }

    await builder.Build().RunAsync();
    return 0;
}
catch (Exception e) when (FleetHost.Explain(e) is { } reason)
{
    await Console.Error.WriteLineAsync($"The fleet cannot start: {reason}");
    return 1;
}
