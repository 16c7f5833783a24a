using System.Reflection;
using Microsoft.Extensions.Configuration;

var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args, AllowUnsecuredTransport = true });

// Until Fleet is on a gallery: the folder that `dotnet pack` wrote.
var packages = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().First(static data => data.Key == "FleetPackages").Value!;

var fleet = builder.AddFleet("fleet")
    .WithToolSource(packages)
    .WithSlots(2);

var web = builder.AddProject<Projects.Web>("web", launchProfileName: null)
    .WithHttpEndpoint(port: builder.Configuration.GetValue<int?>("Shop:Port"))
    .WithReference(fleet);

fleet.WithOrigin(web.GetEndpoint("http"));

builder.Build().Run();
