using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace Fleet.AppHost.Startup;

/// <summary>Stops the fleet when the <c>dotnet run</c> process that started it is killed. That process forwards Ctrl-C and SIGTERM, but cannot forward
/// SIGKILL.</summary>
internal sealed partial class ParentWatch(IHostApplicationLifetime lifetime, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Any other parent, such as a shell, may exit on purpose.
        if (OperatingSystem.IsWindows() || !IsDotnet(GetParentId()))
        {
            return;
        }

        var parent = GetParentId();
        while (GetParentId() == parent)
        {
            await Task.Delay(s_pollInterval, time, stoppingToken);
        }

        Console.WriteLine("The dotnet process that started the fleet has exited; stopping.");
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
