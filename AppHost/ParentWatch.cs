using System.Diagnostics;
using System.Runtime.InteropServices;
using Fleet.AppHost.Output;

namespace Fleet.AppHost;

/// <summary><c>dotnet run</c> is a process of its own in front of this one. It passes Ctrl-C and SIGTERM on; when it is killed, this notices
/// and stops the fleet as if it had.</summary>
internal static partial class ParentWatch
{
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromSeconds(1);

    /// <summary>Ends when the <c>dotnet</c> that started this process is gone; never ends under any other parent, which may leave on purpose.</summary>
    public static async Task GoneAsync(IFleetOutput output, TimeProvider time, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows() || !IsDotnet(GetParentId()))
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken).ConfigureAwait(false);
        }

        var parent = GetParentId();
        while (GetParentId() == parent)
        {
            await Task.Delay(s_pollInterval, time, cancellationToken).ConfigureAwait(false);
        }

        output.Say("The dotnet that started the fleet is gone; stopping.");
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
