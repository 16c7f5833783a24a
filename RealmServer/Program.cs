using Fleet.RealmServer;
using Fleet.ServiceDefaults;

return await FleetHost.RunAsync("realm", args, static checkedArgs => RealmServerApp.Build(checkedArgs));
