using System.Diagnostics;
using Fleet.Bench.Rendering;

namespace Fleet.Bench.Peers;

/// <summary>What a load saw.</summary>
/// <param name="Times">Milliseconds of each page that was rendered, sorted.</param>
/// <param name="Failures">Of each page that was not rendered, or not as a whole: why.</param>
internal sealed record PeerTimes(IReadOnlyList<double> Times, IReadOnlyList<string> Failures);

/// <summary>Asks a system for pages, and measures it.</summary>
internal static class PeerLoad
{
    /// <summary>The next page when an answer is there.</summary>
    /// <param name="peer">The system.</param>
    /// <param name="lanes">Requests at a time.</param>
    /// <param name="duration">How long new pages are asked for.</param>
    /// <param name="siteOf">Index of the site of the page with a number. Default: the first site.</param>
    /// <param name="limit">Number of pages after which it ends. Default: none.</param>
    public static async Task<PeerTimes> ClosedAsync(PeerProcess peer, int lanes, TimeSpan duration, Func<int, int>? siteOf = null, int limit = int.MaxValue)
    {
        var (start, next) = (Stopwatch.GetTimestamp(), 0);
        var times = await Task.WhenAll(Enumerable.Range(0, lanes).Select(async _ =>
        {
            var own = new List<(double, string?)>();
            while (Stopwatch.GetElapsedTime(start) < duration && Interlocked.Increment(ref next) is var number && number <= limit)
            {
                own.Add(await RenderAsync(peer, number, siteOf?.Invoke(number) ?? 0, Stopwatch.GetTimestamp()));
            }

            return own;
        }));
        return Of(times.SelectMany(lane => lane));
    }

    /// <summary>Pages at random times, whether answers are there or not (Poisson). The time of a page counts from the moment when it was due.</summary>
    /// <param name="peer">The system.</param>
    /// <param name="perSecond">Mean rate.</param>
    /// <param name="duration">How long new pages are asked for.</param>
    public static async Task<PeerTimes> OpenAsync(PeerProcess peer, double perSecond, TimeSpan duration)
    {
        // The same times for each system at the same rate.
        var random = new Random(1);
        var start = Stopwatch.GetTimestamp();
        var pages = new List<Task<(double, string?)>>();
        for (var due = TimeSpan.Zero; due < duration; due += TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / perSecond))
        {
            if (due - Stopwatch.GetElapsedTime(start) is { Ticks: > 0 } wait)
            {
                await Task.Delay(wait);
            }

            pages.Add(RenderAsync(peer, pages.Count, 0, start + (long)(due.TotalSeconds * Stopwatch.Frequency)));
        }

        return Of(await Task.WhenAll(pages));
    }

    /// <summary>Measures a load: rate, times, processor time and memory.</summary>
    public static async Task<PeerRow> MeasureAsync(PeerSystem system, PeerProcess peer, Func<Task<PeerTimes>> load)
    {
        var (cpu, machine, start) = (TreeCpu.Milliseconds(), MachineCpu.Milliseconds(), Stopwatch.GetTimestamp());
        var (times, failures) = await load();
        if (failures.Count > 0)
        {
            Console.Error.WriteLine($"{failures.Count} failed, the first: {failures[0]}");
        }

        var took = Stopwatch.GetElapsedTime(start);
        var (used, all) = (TreeCpu.Milliseconds() - cpu, MachineCpu.Milliseconds() - machine);
        return new(system, times.Count / took.TotalSeconds, At(times, 0.5), At(times, 0.95), At(times, 0.99), used / times.Count, peer.Memory / 1e6,
            Math.Max(0, all - used) / (took.TotalMilliseconds * Environment.ProcessorCount), failures.Count);
    }

    /// <summary>Milliseconds since a page was due, or why it was not rendered.</summary>
    private static async Task<(double Time, string? Failure)> RenderAsync(PeerProcess peer, int number, int site, long dueAt)
    {
        try
        {
            await peer.RenderAsync(number, site);
            return (Stopwatch.GetElapsedTime(dueAt).TotalMilliseconds, null);
        }
        catch (Exception e) when (e is InvalidOperationException or HttpRequestException or TaskCanceledException)
        {
            return (0, e.Message);
        }
    }

    private static PeerTimes Of(IEnumerable<(double Time, string? Failure)> pages)
    {
        var all = pages.ToList();
        return new([.. all.Where(static page => page.Failure is null).Select(static page => page.Time).Order()], [.. all.Select(static page => page.Failure).OfType<string>()]);
    }

    private static double At(IReadOnlyList<double> sorted, double share) => sorted.Count == 0 ? double.NaN : sorted[(int)(share * (sorted.Count - 1))];
}
