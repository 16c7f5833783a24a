using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace Fleet.AppHost.Startup;

/// <summary><c>dotnet run</c> is a process of its own in front of this one and forwards Ctrl-C and SIGTERM. When it is killed, this stops the fleet
/// as if it had forwarded one.</summary>
internal sealed partial class ParentWatch(IHostApplicationLifetime lifetime, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Any other parent may leave on purpose, as a shell does.
        if (OperatingSystem.IsWindows() || !IsDotnet(GetParentId()))
        {
            return;
        }

        var parent = GetParentId();
        while (GetParentId() == parent)
        {
            await Task.Delay(s_pollInterval, time, stoppingToken);
        }

        Console.WriteLine("The dotnet that started the fleet is gone; stopping.");
        lifetime.StopApplication();
    }

    private static bool IsDotnet(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.ProcessName == "dotnet";
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int GetParentId();
}
