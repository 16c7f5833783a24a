using Fleet.PrerenderServer;
using Fleet.ServiceDefaults;

return await FleetHost.RunAsync("prerender", () => PrerenderServerApp.Build(args));
