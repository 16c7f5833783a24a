using Fleet.Contracts;
using Fleet.PrerenderServer.Registration;
using Fleet.Registry;
using Fleet.Registry.Servers;
using Microsoft.Extensions.Options;

namespace Fleet.PrerenderServer.Canary;

/// <summary>Holds the first server with a new browser until its pages equal those of a server with the old one. So an orchestrator that replaces servers one by one,
/// each when the one before is healthy, stops at a browser that renders differently. A held server takes renders once no other server is ready: different pages are
/// better than none.</summary>
internal sealed partial class CanaryCheck(
    CanarySamples samples, CanaryRenders renders, IServerRegistry servers, AnnouncementSource self, ReadinessHold hold, IOptions<CanaryOptions> options, TimeProvider time,
    ILogger<CanaryCheck> logger) : BackgroundService
{
    private const int MaxNamed = 5;
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);

    /// <summary>How the pages differ; null until they were found to.</summary>
    private string? _difference;

    /// <summary>When there was last a server to compare with, as a timestamp of the clock.</summary>
    private long _referenceSeenAt = time.GetTimestamp();

    /// <summary>Holds the server before it can be announced as ready.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Samples == 0)
        {
            return Task.CompletedTask;
        }

        hold.Reason = "The canary has not compared its pages yet (Canary:Samples).";
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!await IsAcceptedAsync(stoppingToken))
        {
            await Task.Delay(s_interval, time, stoppingToken);
        }

        hold.Reason = null;
    }

    /// <summary>Checks once whether the server may take renders. If not, the hold has the reason.</summary>
    private async Task<bool> IsAcceptedAsync(CancellationToken cancellationToken)
    {
        if (self is not { IsPoolReady: true, Browser: { } browser })
        {
            return false;
        }

        try
        {
            var (need, reference) = CanaryRules.Reference(await servers.ListAsync(cancellationToken), self.Incarnation, browser);
            if (reference is not null)
            {
                _referenceSeenAt = time.GetTimestamp();
            }

            // One check is not enough if there was a server to compare with: a server whose browser restarts is not ready for a moment, and a registry may be empty.
            if (need == CanaryNeed.Accepted || (need == CanaryNeed.Nothing && _difference is null) || (reference is null && time.GetElapsedTime(_referenceSeenAt) > RegistryTtl.Server))
            {
                LogNothingToCompare(browser);
                return true;
            }

            if (reference is null || _difference is not null)
            {
                return false;
            }

            var (accepted, summary) = await CompareAsync(reference, browser, cancellationToken);
            if (accepted)
            {
                LogAccepted(summary);
                return true;
            }

            _difference = $"{summary} To accept them, restart this server with Canary:Samples=0; the others follow it.";
            LogDiffers(_difference);
            hold.Reason = _difference;
        }
        catch (Exception e) when (e is RegistryUnavailableException or HttpRequestException)
        {
            // Anyone may read the reason, and the message may contain addresses.
            hold.Reason = _difference ?? "The canary could not compare its pages, and tries again; the log of this server says why.";
            LogNotCompared(s_interval, e.Message);
        }

        return false;
    }

    private async Task<(bool Accepted, string Summary)> CompareAsync(ServerRecord reference, string browser, CancellationToken cancellationToken)
    {
        var results = new List<(Sample Sample, SampleResult Result)>();
        foreach (var sample in await samples.ChooseAsync(options.Value.Samples, cancellationToken))
        {
            results.Add((sample, await renders.CompareAsync(sample, reference, cancellationToken)));
        }

        var different = results.Where(result => result.Result == SampleResult.Different).Select(result => result.Sample.Url).ToList();
        var summary = $"{browser} renders {different.Count} of {results.Count} pages differently than {reference.Browser} on {reference.Name}";
        var skipped = results.Count(result => result.Result == SampleResult.NotComparable);
        summary += skipped == 0 ? "" : $"; {skipped} change from render to render or were not rendered there";
        summary += different.Count == 0 ? "." : $": {string.Join(", ", different.Take(MaxNamed))}{(different.Count > MaxNamed ? ", …" : "")}.";
        return (different.Count <= options.Value.MaxDifferent, summary);
    }

    [LoggerMessage(LogLevel.Information, "Nothing to compare for {Browser}: another server is ready with it, or no other server is ready.")]
    private partial void LogNothingToCompare(string browser);

    [LoggerMessage(LogLevel.Information, "The canary takes renders: {Summary}")]
    private partial void LogAccepted(string summary);

    [LoggerMessage(LogLevel.Warning, "The canary takes no renders: {Reason}")]
    private partial void LogDiffers(string reason);

    [LoggerMessage(LogLevel.Warning, "The canary could not compare its pages, and tries again in {Interval}: {Reason}")]
    private partial void LogNotCompared(TimeSpan interval, string reason);
}
