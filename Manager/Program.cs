using Fleet.Manager;
using Fleet.ServiceDefaults;

return await FleetHost.RunAsync("manager", () => ManagerApp.Build(args));
