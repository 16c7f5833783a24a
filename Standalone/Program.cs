using Fleet.Standalone.CommandLine;

return await FleetCommandLine.RunAsync(args, TimeProvider.System);
