using Fleet.AppHost.Resources;
using Fleet.AppHost.Startup;

var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args, AllowUnsecuredTransport = true });
var (settings, exitCode) = await builder.PrepareAsync(args);
if (settings is null)
{
    return exitCode;
}

var adminKey = builder.AddAdminKey("admin-key", settings);
var redis = builder.AddFleetRedis("redis", settings);

var realm = builder.AddProject<Projects.RealmServer>("realm", project => project.ExcludeLaunchProfile = true)
    .WithFleetEndpoint(settings.PortOf("realm"), "Site")
    .WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { Url = "/_index", DisplayText = "Index" })
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/health")
    .WithFleetSettings(settings, adminKey)
    .WithRedis(redis)
    .WithRestart();

var manager = builder.AddProject<Projects.Manager>("manager", project => project.ExcludeLaunchProfile = true)
    .WithFleetEndpoint(settings.PortOf("manager"), "Fleet")
    .WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { Url = "/openapi/v1.json", DisplayText = "API description" })
    .WithHttpHealthCheck("/health")
    .WithFleetSettings(settings, adminKey)
    .WithRedis(redis)
    .WithReference(realm)
    .WithRestart()
    .WithFleetCommands(adminKey, settings);

// The realm server sends cards to the manager once it answers; waiting for each other would be a cycle.
realm.WithReference(manager).WithPublicUrl(settings);

// Named servers, not replicas: the manager sends each render to one particular server, so each server needs its own address.
for (var i = 0; i < settings.Fleet.PrerenderServers; i++)
{
    var name = $"prerender-{i}";
    var server = builder.AddProject<Projects.PrerenderServer>(name, project => project.ExcludeLaunchProfile = true)
        .WithFleetEndpoint(settings.PortOf(name), "Pool", "/pool")
        .WithHttpHealthCheck("/health")
        .WithFleetSettings(settings, adminKey)
        .WithRedis(redis)
        .WithReference(realm).WaitForStart(realm, WaitBehavior.WaitOnResourceUnavailable)
        .WithReference(manager)
        .WithParentRelationship(manager)
        .WithRestart();
    server.WithEnvironment("Registration__Url", server.GetEndpoint("http")).PublishWithBrowser();
}

await builder.Build().RunAsync();
return 0;
