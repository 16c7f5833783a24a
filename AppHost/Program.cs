using Fleet.AppHost;
using Fleet.AppHost.Output;
using Fleet.ServiceDefaults;

try
{
    return await LocalComposition.RunAsync(args, ConsoleOutput.Create(), TimeProvider.System);
}
catch (Exception e) when (FleetHost.Explain(e) is { } reason)
{
    await Console.Error.WriteLineAsync($"The fleet cannot start: {reason}");
    return 1;
}
