using Fleet.Manager;
using Fleet.ServiceDefaults;

return await FleetHost.RunAsync("manager", args, static checkedArgs => ManagerApp.Build(checkedArgs));
