using Microsoft.Extensions.Logging;

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
        foreach (var process in tree.Members().Where(process => process.ResidentBytes() > maxMb * 1_000_000L && process.Arguments().Contains("--type=renderer")))
        {
            var reason = $"The page's process used more than {maxMb} MB of memory, the limit of Browser:MaxRendererMb.";
            LogKilled(process.Id, maxMb);
            kills.Add(reason);
            ProcessTree.Kill(process.Id);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Renderer {ProcessId} used more than {MaxMb} MB (Browser:MaxRendererMb) and was killed; its page is closed.")]
    private partial void LogKilled(int processId, int maxMb);
}

/// <summary>Why renderers were killed. Chromium reports only that a page crashed, a moment later.</summary>
internal sealed class RendererKills(TimeProvider time)
{
    private static readonly TimeSpan s_lifetime = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private readonly Queue<(string Reason, long At)> _reasons = [];

    /// <summary>Records a kill.</summary>
    public void Add(string reason)
    {
        lock (_gate)
        {
            _reasons.Enqueue((reason, time.GetTimestamp()));
        }
    }

    /// <summary>The reason of a kill in the last 5 s for a page that has just crashed; null if there was none. Each counts for one page.</summary>
    public string? Take()
    {
        lock (_gate)
        {
            while (_reasons.TryDequeue(out var kill))
            {
                if (time.GetElapsedTime(kill.At) < s_lifetime)
                {
                    return kill.Reason;
                }
            }

            return null;
        }
    }
}
