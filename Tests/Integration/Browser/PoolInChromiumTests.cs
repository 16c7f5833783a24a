using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Pool;
using Fleet.PrerenderServer.Pool.Core.State;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Browser;

/// <summary>The pool with a real Chromium under faults: pages that loop forever, pages that crash, callers that disconnect, and a browser that is killed.</summary>
public sealed class PoolInChromiumTests(ITestOutputHelper output)
{
    private const int Renders = 200;
    private const int Affinities = 12;
    private const int Slots = 4;
    private const int Callers = 10;
    private const int KillAt = 120;

    private static readonly TimeSpan s_late = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    private enum Kind
    {
        Ordinary,
        Loops,
        Crashes,
        Leaves,
    }

    [Fact]
    public async Task TwoHundredRenders_OnABadDay_AllEndAndNothingIsLeft()
    {
        await using var site = await TestSite.StartAsync();
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var chromium = BrowserFixture.NewAdapter(site, BrowserFixture.Options);
        var profiles = chromium.ProfileFolder;
        await using var browser = new CountingBrowser(chromium);
        var options = new PoolOptions { Slots = Slots, HighPrioritySlots = 0, MaxDepth = 0, ProbeDeadline = TimeSpan.FromSeconds(5) };
        var outcomes = new ConcurrentDictionary<string, int>();
        var warm = 0;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(s_limit);

        await using (var pool = new PoolActor(
            browser, new PoolRules(options), new PoolMetrics(services.GetRequiredService<IMeterFactory>()),
            new FatalError(new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance), NullLogger<FatalError>.Instance), TimeProvider.System, NullLoggerFactory.Instance))
        {
            pool.Start();
            var next = -1;
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
            {
                for (var i = Interlocked.Increment(ref next); i < Renders; i = Interlocked.Increment(ref next))
                {
                    if (i == KillAt)
                    {
                        KillBrowser(profiles);
                    }

                    var (outcome, wasWarm) = await RenderAsync(pool, site, i, limit.Token);
                    outcomes.AddOrUpdate(outcome, 1, (_, n) => n + 1);
                    Interlocked.Add(ref warm, wasWarm ? 1 : 0);
                }
            }));

            Assert.Equal(0, pool.Snapshot.Totals.Waiting);
        }

        await browser.DisposeAsync();
        output.WriteLine($"{string.Join(", ", outcomes.OrderBy(o => o.Key).Select(o => $"{o.Value} {o.Key}"))}; warm ratio {warm / (double)Renders:P0}; peak {browser.Peak} contexts");

        Assert.Equal(Renders, outcomes.Values.Sum());
        Assert.Equal(Renders / 20, outcomes.GetValueOrDefault("timed out") + outcomes.GetValueOrDefault("lost while looping"));
        // The killed browser ends at most one render of each slot.
        Assert.InRange(outcomes.GetValueOrDefault("lost"), 0, Slots);
        Assert.InRange(browser.Peak, Slots, Slots);
        Assert.Empty(ProcessesWith(profiles));
        Assert.False(Directory.Exists(profiles), $"{profiles} is left behind.");
    }

    private static Kind KindOf(int render) => (render % 100) switch
    {
        7 or 27 or 47 or 67 or 87 => Kind.Loops,
        13 or 63 => Kind.Crashes,
        5 or 35 or 55 or 75 or 95 => Kind.Leaves,
        _ => Kind.Ordinary,
    };

    // A few affinities are requested often, most rarely, as with realms.
    private static int AffinityOf(int render) => (int)(Affinities * Math.Pow(render * 37 % 100 / 100.0, 3));

    private static async Task<(string Outcome, bool Warm)> RenderAsync(PoolActor pool, TestSite site, int render, CancellationToken cancellationToken)
    {
        var kind = KindOf(render);
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var request = new LeaseRequest($"user:{AffinityOf(render)}", Depth: 0, Priority: 0, s_limit, ShellAcceptance.Any);
        var waiting = pool.LeaseAsync(request, caller.Token);
        if (kind == Kind.Leaves)
        {
            await caller.CancelAsync();
            try
            {
                await using var late = await waiting;
                late.Complete(PageCondition.Untouched);
            }
            catch (OperationCanceledException)
            {
            }

            return ("left", false);
        }

        await using var lease = await waiting;
        var page = (BrowserPage)lease.Page;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lease.Revoked);
        try
        {
            if (kind == Kind.Crashes)
            {
                await page.CrashAsync(either.Token);
                lease.Complete(PageCondition.Crashed);
                return ("crashed", lease.Warm);
            }

            var card = kind == Kind.Loops ? "loop" : $"card-{render}";
            var visit = $"fleet.render({{ id: '{render}', url: '{site[card]}', formats: ['isolated'] }})";
            var answer = await page.EvaluateAsync(visit, kind == Kind.Loops ? s_late : s_limit, either.Token);
            Assert.Equal($"<i>isolated of {card}</i>", answer.GetProperty("formats").GetProperty("isolated").GetString());
            lease.Complete(PageCondition.Healthy);
            return ("rendered", lease.Warm);
        }
        catch (BrowserTimeoutException) when (kind == Kind.Loops)
        {
            return (await FreeAsync(lease, page), lease.Warm);
        }
        catch (Exception e) when (e is BrowserException || (e is OperationCanceledException && lease.Revoked.IsCancellationRequested))
        {
            lease.Complete(PageCondition.Crashed);
            return (kind == Kind.Loops ? "lost while looping" : kind == Kind.Crashes ? "crashed" : "lost", lease.Warm);
        }
    }

    private static async Task<string> FreeAsync(PageLease lease, BrowserPage page)
    {
        try
        {
            await page.TerminateAsync(BrowserFixture.Options.CallTimeout, CancellationToken.None);
            lease.Complete(await page.AnswersAsync(BrowserFixture.Options.CallTimeout, CancellationToken.None) ? PageCondition.Dirty : PageCondition.Hung);
            return "timed out";
        }
        catch (BrowserException)
        {
            // The browser was killed, and its looping page with it.
            lease.Complete(PageCondition.Crashed);
            return "lost while looping";
        }
    }

    // The process without a --type is the browser itself; no other browser has its profile.
    private static void KillBrowser(string profiles)
    {
        var browser = ProcessesWith(profiles).Single(id => !CommandLine(id).Contains("--type=", StringComparison.Ordinal));
        using var process = Process.GetProcessById(browser);
        process.Kill();
    }

    private static int[] ProcessesWith(string profiles) => Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
        .Where(id => id != 0 && CommandLine(id) is var line && line.Contains(profiles, StringComparison.Ordinal) && line.Contains("chrom", StringComparison.Ordinal))
        .ToArray();

    private static string CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }
}
