using Fleet.RealmServer;
using Fleet.ServiceDefaults;

return await FleetHost.RunAsync("realm", () => RealmServerApp.Build(args));
