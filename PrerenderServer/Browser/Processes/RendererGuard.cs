using Fleet.PrerenderServer.Browser.Cdp;

namespace Fleet.PrerenderServer.Browser.Processes;

/// <summary>Kills renderers that use too much memory, also while their page renders. The JavaScript heap is only a part of that memory: buffers, images, workers and the
/// document are outside of it. Works on Linux.</summary>
internal sealed partial class RendererGuard(ProcessTree tree, RendererKills kills, int maxMb, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    /// <summary>Checks every second until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var timer = new PeriodicTimer(s_interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                Check();
            }
        }
        catch (OperationCanceledException)
        {
            // The browser has ended.
        }
    }

    /// <summary>Kills the renderers above the limit.</summary>
    internal void Check()
    {
        foreach (var process in tree.Members().Where(process => process.ResidentBytes() > maxMb * 1_000_000L && IsRenderer(process)))
        {
            var reason = $"The page's process used more than {maxMb} MB of memory, the limit of Browser:MaxRendererMb.";
            LogKilled(process.Id, maxMb);
            kills.Add(reason);
            ProcessTree.Kill(process.Id);
        }
    }

    // Chromium rewrites the command line of a renderer that it forked: all arguments are one.
    private static bool IsRenderer(LinuxProcess process) => process.Arguments().Any(argument => argument.Contains("--type=renderer", StringComparison.Ordinal));

    [LoggerMessage(LogLevel.Warning, "Renderer {ProcessId} used more than {MaxMb} MB (Browser:MaxRendererMb) and was killed; its page is closed.")]
    private partial void LogKilled(int processId, int maxMb);
}
