using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Tests.EndToEnd;

namespace Fleet.Tests.HostShells;

/// <summary>4, 5, 8, 11 and 12: load balancers, hosts and reports with temporary faults. The duration is not what is tested, so the faults last
/// seconds; with <c>FLEET_SHELL_FULL=1</c> they last as long as the acceptance requires.</summary>
public sealed partial class ScenarioTests
{
    private static readonly bool s_full = Environment.GetEnvironmentVariable("FLEET_SHELL_FULL") == "1";

    [Fact]
    public async Task S04_TwoReplicasServeAAndB_AtMostOneReloadPerRealChange()
    {
        var (_, tokenA) = await Fleet.FreshAsync();
        var before = (await Fleet.StatusAsync()).Shell!.Generation;
        var mark = Fleet.Log.Mark;
        using var other = new HostAppFolder();
        var b = Fleet.NextVersion();
        // Bundles are on both, as a deploy of static files goes first.
        Fleet.App.AddBundle(b);
        var tokenB = other.Deploy(b);
        var replica = $"realm-{b}";
        var upstreams = Fleet.Proxy.Upstreams;
        try
        {
            await using var second = await Fleet.AddRealmServerAsync(replica, other);
            Fleet.Proxy.Upstreams = [.. upstreams, second.Address];
            var generations = new HashSet<long>();
            var phases = new HashSet<ShellPhase>();
            await ForAsync(TimeSpan.FromSeconds(s_full ? 60 : 7), async () =>
            {
                var status = await Fleet.StatusAsync();
                generations.Add(status.Shell!.Generation);
                phases.Add(status.Convergence!.Phase);
            });

            Assert.True(generations.Count(g => g > before) == 1, $"One change, and the generations were {string.Join(", ", generations)} after {before}.\n{Fleet.Log}");
            Assert.Contains(ShellPhase.Rolling, phases);

            // The rolling deploy ends: the first replica has B, too.
            Assert.Equal(tokenB, Fleet.App.Deploy(b));
            var status = await Fleet.ConvergedAsync(tokenB, s_limit);
            Assert.Equal(generations.Max(), status.Shell!.Generation);
            var reloads = Fleet.Log.Find("Reloading", mark).GroupBy(l => l.Source).ToDictionary(g => g.Key, g => g.Count());
            Assert.True(reloads.Count == Fleet.Servers.Count && reloads.Values.All(n => n == 1), $"One reload on each server, not {string.Join(", ", reloads)}.");
            Assert.NotEqual(tokenA, tokenB);
        }
        finally
        {
            Fleet.Proxy.Upstreams = upstreams;
        }
    }

    [Fact]
    public async Task S05_LoadBalancerReturnsAAfterBIsCurrent_NothingOfAIsStoredAsB_FreshWhenItEnds()
    {
        var (a, tokenA) = await Fleet.FreshAsync();
        Fleet.Proxy.OldShell = await Fleet.Proxy.CaptureAsync(Cancellation);
        Assert.Equal(tokenA, Fleet.Proxy.OldShell.Token);
        var b = Fleet.NextVersion();
        var tokenB = Fleet.App.Deploy(b);
        await Fleet.WaitUntilKnownAsync(tokenB, s_limit);

        var lastResorts = 0;
        await ForAsync(TimeSpan.FromSeconds(s_full ? 20 : 5), async () =>
        {
            foreach (var server in Fleet.Servers)
            {
                if (await Fleet.RenderOnAsync(server, deadlineMs: 4_000) is { Outcome: RenderOutcome.Rendered } result)
                {
                    AssertHonest(result, a, tokenA, b, tokenB);
                    lastResorts += result.Shell!.Current == false ? 1 : 0;
                }
            }

            await AssertStoredAsync(a, tokenA, b, tokenB);
        });
        Assert.True(lastResorts > 0, $"After a few tries a page of A serves as a last resort, marked as stale.\n{Fleet.Log}");

        Fleet.Proxy.ClearFaults();
        await Fleet.ConvergedAsync(tokenB, s_limit);
        await Fleet.EveryServerRendersAsync(b, tokenB);
        await Fleet.EveryPageStoredAsync(b, tokenB, s_limit);
    }

    [Fact]
    public async Task S08_HostAnswers502AfterTheChange_BacksOff_OldResultsStay_HealthDegradedButAlive_ThenFresh()
    {
        var (a, tokenA) = await Fleet.FreshAsync();
        await Fleet.EveryPageStoredAsync(a, tokenA, s_limit);
        Fleet.Proxy.IsDown = true;
        var boots = Fleet.Proxy.Boots;
        var watch = Stopwatch.StartNew();
        var b = Fleet.NextVersion();
        var tokenB = Fleet.App.Deploy(b);
        foreach (var server in Fleet.Servers)
        {
            await Eventually.TrueAsync(async () => await Fleet.HealthAsync(server) is (HttpStatusCode.OK, "Degraded"), s_limit, () => $"{server} to be degraded, and alive\n{Fleet.Log}");
        }

        await ForAsync(TimeSpan.FromSeconds(s_full ? 30 : 4), async () =>
        {
            Assert.True(ShellFleet.Shows((await Fleet.StoredAsync(Fleet.Realms.Names[0], ""))?.Formats[RenderFormat.Isolated] ?? "(none)", a), "The old result stays.");
            foreach (var server in Fleet.Servers)
            {
                Assert.Equal(HttpStatusCode.OK, (await Fleet.HealthAsync(server)).Status);
            }
        });
        // The pause doubles from 250 ms to 2 s, and at most two pages reload at a time.
        var most = Fleet.Servers.Count * 2 * (4 + ((int)watch.Elapsed.TotalSeconds / 2));
        Assert.InRange(Fleet.Proxy.Boots - boots, Fleet.Servers.Count, most);

        Fleet.Proxy.ClearFaults();
        await Fleet.ConvergedAsync(tokenB, s_limit);
        await Fleet.EveryServerRendersAsync(b, tokenB);
        await Eventually.TrueAsync(async () => await Fleet.HealthAsync(Fleet.Servers[0]) is (HttpStatusCode.OK, "Healthy"), s_limit, () => "a healthy server");
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData(" \t ", HttpStatusCode.BadRequest)]
    [InlineData("two words", HttpStatusCode.BadRequest)]
    [InlineData("line\r\nbreak", HttpStatusCode.BadRequest)]
    [InlineData("t\u00f6ken", HttpStatusCode.BadRequest)]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123-", HttpStatusCode.BadRequest)]
    [InlineData("  @current\r\n", HttpStatusCode.OK)]
    public async Task S11_TokenReportedFromOutside_IsRefusedOrTrimmed_AndReloadsNothing(string token, HttpStatusCode expected)
    {
        var before = (await Fleet.StatusAsync()).Shell!;
        var mark = Fleet.Log.Mark;

        using var response = await Fleet.PostTokenAsync(token.Replace("@current", before.Token, StringComparison.Ordinal));

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(before, (await Fleet.StatusAsync()).Shell);
        Assert.Empty(Fleet.Log.Find("Reloading", mark));
    }

    [Fact]
    public async Task S12_NoncePerRequest_DoesNotReload_AndWithoutTheHeaderIsReportedOnce()
    {
        await Fleet.FreshAsync();
        Fleet.Proxy.AddsNonce = true;
        var b = Fleet.NextVersion();
        var tokenB = Fleet.App.Deploy(b);
        // The token identifies the template; the realm server sends it with the shell.
        await Fleet.ConvergedAsync(tokenB, s_limit);
        await Fleet.EveryServerRendersAsync(b, tokenB);

        Fleet.Proxy.StripsToken = true;
        var mark = Fleet.Log.Mark;
        var c = Fleet.NextVersion();
        var tokenC = Fleet.App.Deploy(c);
        await Eventually.TrueAsync(() => Reports(mark, tokenC).Count == Fleet.Servers.Count, s_limit, () => $"a report from every server; there are {Reports(mark, tokenC).Count}\n{Fleet.Log}");

        await ForAsync(TimeSpan.FromSeconds(3), async () =>
        {
            foreach (var server in Fleet.Servers)
            {
                var result = await Fleet.RenderOnAsync(server);
                Assert.True(result is { Outcome: RenderOutcome.Rendered, Shell.Current: false } && ShellFleet.Shows(result, c), $"Pages serve {c} as they are, and their results are marked. Seen: {JsonSerializer.Serialize(result, FleetJson.Options)}\n{Fleet.Log}");
                Assert.Equal((HttpStatusCode.OK, "Degraded"), await Fleet.HealthAsync(server));
            }
        });
        Assert.Equal(Fleet.Servers.Count, Reports(mark, tokenC).Select(l => l.Source).Distinct().Count());
        Assert.Equal(Fleet.Servers.Count, Reports(mark, tokenC).Count);
        Assert.InRange(Fleet.Log.Find("Reloading", mark).Count, 1, Fleet.Servers.Count);
    }

    // If a page boots between the fault and the deploy, its server also reports the previous shell.
    private IReadOnlyList<(string Source, string Line)> Reports(int mark, string token) =>
        [.. Fleet.Log.Find("differs on every fetch", mark).Where(report => report.Line.Contains(token, StringComparison.Ordinal))];

    private async Task AssertStoredAsync(string a, string tokenA, string b, string tokenB)
    {
        foreach (var realm in Fleet.Realms.Names)
        {
            if (await Fleet.StoredAsync(realm, "") is { } page && page.ShellToken == tokenB)
            {
                Assert.True(ShellFleet.Shows(page.Formats[RenderFormat.Isolated], b), $"Stored as B's ({tokenB}, not {tokenA} of {a}): {JsonSerializer.Serialize(page, FleetJson.Options)}");
            }
        }
    }

    private static void AssertHonest(RenderResult result, string a, string tokenA, string b, string tokenB)
    {
        var (token, version) = result.Shell!.Current == true ? (tokenB, b) : (tokenA, a);
        Assert.True(result.Shell.Token == token && ShellFleet.Shows(result, version), $"A result names the shell that rendered it: {JsonSerializer.Serialize(result, FleetJson.Options)}");
    }

    private static async Task ForAsync(TimeSpan time, Func<Task> look)
    {
        var watch = Stopwatch.StartNew();
        do
        {
            await look();
            await Task.Delay(100, Cancellation);
        }
        while (watch.Elapsed < time);
    }
}
