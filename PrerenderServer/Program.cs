using Fleet.PrerenderServer;
using Fleet.ServiceDefaults;

return await FleetHost.RunAsync("prerender", args, static checkedArgs => PrerenderServerApp.Build(checkedArgs));
