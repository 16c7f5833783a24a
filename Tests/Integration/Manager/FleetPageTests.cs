using Fleet.Contracts;
using Fleet.Tests.InMemory;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Playwright;

namespace Fleet.Tests.Manager;

/// <summary>The fleet page in a real browser, on a real manager: it shows what happens, as it happens.</summary>
public sealed class FleetPageTests(OperatorBrowser browser) : FleetPageTestBase(browser)
{
    [Fact]
    public async Task Page_OneServerChanges_TouchesNothingElse()
    {
        var (first, second) = (await AddAsync("prerender-0"), await AddAsync("prerender-1"));
        var page = await OpenAsync();
        await Assertions.Expect(page.Locator(".server")).ToHaveCountAsync(2, SoonCount);
        await page.EvaluateAsync("""
            () => {
              globalThis.before = [...document.querySelectorAll('.server, .server *')];
              globalThis.touched = 0;
              new MutationObserver(changes => { touched += changes.length; }).observe(document.querySelectorAll('.server')[0], { childList: true, subtree: true, attributes: true, characterData: true });
            }
            """);

        for (var i = 0; i < 3; i++)
        {
            await second.RegisterAsync(Manager.Registry, ServerState.Draining, 4);
            await Assertions.Expect(page.Locator(".server").Nth(1).Locator(".pill")).ToHaveTextAsync("draining", SoonText);
            await second.RegisterAsync(Manager.Registry, ServerState.Ready, 4);
            await Assertions.Expect(page.Locator(".server").Nth(1).Locator(".pill")).ToHaveTextAsync("ready", SoonText);
        }

        Assert.Equal(0, await page.EvaluateAsync<int>("() => touched"));
        Assert.True(await page.EvaluateAsync<bool>("() => before.every(node => node.isConnected)"), "A node was replaced.");

        // A change of one slot changes one box.
        await page.EvaluateAsync("() => { globalThis.box = document.querySelector('.server .slot'); }");
        first.Describe = record => Busy(record) with { SlotStates = [new(1, "leased") { Affinity = "realm:" + ManagerUnderTest.Realm }, .. Busy(record).SlotStates.Skip(1)] };
        await first.RegisterAsync(Manager.Registry, ServerState.Ready, 4);
        await page.WaitForFunctionAsync("() => box.isConnected && box.className === 'slot leased'");
        Assert.Empty(Browser.Errors);
    }

    [Fact]
    public async Task Banner_FleetIsEmpty_SaysSoAndSinceWhen()
    {
        var page = await OpenAsync();
        await Assertions.Expect(page.Locator("#banner")).ToContainTextAsync("No prerender server is registered.", SoonPart);
        await Assertions.Expect(page.Locator("#banner time")).ToContainTextAsync("since", SoonPart);
        await AddAsync("prerender-0");
        await Assertions.Expect(page.Locator("#banner")).ToContainTextAsync("All is well: 1 of 1 server ready.", SoonPart);
    }

    [Fact]
    public async Task Banner_ServerDies_NamesItUntilItIsReplaced()
    {
        await AddAsync("prerender-0");
        var dead = await AddAsync("prerender-1");
        var page = await OpenAsync();
        await Assertions.Expect(page.Locator(".server")).ToHaveCountAsync(2, SoonCount);
        await Assertions.Expect(page.Locator("#banner")).ToContainTextAsync("All is well", SoonPart);

        await Manager.Registry.Servers.RemoveAsync(dead.Incarnation, TestContext.Current.CancellationToken);
        await Assertions.Expect(page.Locator(".server")).ToHaveCountAsync(1, SoonCount);
        await Assertions.Expect(page.Locator("#banner")).ToContainTextAsync("prerender-1 is gone without a drain", SoonPart);
        await AddAsync("prerender-1");
        await Assertions.Expect(page.Locator("#banner")).ToContainTextAsync("All is well: 2 of 2 servers ready.", SoonPart);
    }

    [Fact]
    public async Task Server_IsFrozenWhileIdle_DoesNotStayGreen()
    {
        await AddAsync("prerender-0");
        var frozen = await AddAsync("prerender-1");
        var page = await OpenAsync();
        await Assertions.Expect(page.Locator(".server .pill.good")).ToHaveCountAsync(2, SoonCount);

        // No heartbeat and no answer, as after SIGSTOP.
        frozen.Alive = http => Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted);
        await Assertions.Expect(page.Locator(".server").Nth(1).Locator(".pill")).ToHaveTextAsync("not answering", SoonText);
        await Assertions.Expect(page.Locator("#banner")).ToContainTextAsync("prerender-1 does not answer", SoonPart);
        frozen.Alive = _ => Task.CompletedTask;
        await Assertions.Expect(page.Locator(".server .pill.good")).ToHaveCountAsync(2, SoonCount);
    }

    [Fact]
    public async Task Stream_ManagerRestarts_IsConnectedAgainByItself()
    {
        var registry = new InMemoryRegistry(new TickingClock(), NullLoggerFactory.Instance);
        await ManagerUnderTest.AnnounceRealmAsync(registry);
        string url;
        IPage page;
        await using (var before = await ManagerUnderTest.StartAsync(registry))
        {
            url = before.App.Urls.Single();
            page = await Browser.OpenAsync(url);
            await Assertions.Expect(page.Locator("#live")).ToHaveTextAsync("live", SoonText);
        }

        await Assertions.Expect(page.Locator("#live")).ToHaveTextAsync("reconnecting", SoonText);
        await Assertions.Expect(page.Locator("#banner")).ToContainTextAsync("The connection to the manager is lost", SoonPart);
        await using var after = await ManagerUnderTest.StartAsync(registry, $"--urls={url}");
        await Assertions.Expect(page.Locator("#live")).ToHaveTextAsync("live", SoonText);
        await Assertions.Expect(page.Locator("#banner")).Not.ToContainTextAsync("is lost", SoonPart);
        // A refused connection is an error of the network, which the browser reports by itself.
        Assert.All(Browser.Errors, error => Assert.Contains("net::", error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Update_OfAHundredServers_TakesOneFrame()
    {
        const int servers = 100, slots = 16;
        var records = Enumerable.Range(0, servers).Select(number => new ServerRecord
        {
            Incarnation = $"incarnation-{number}", Name = $"prerender-{number}", Url = $"http://127.0.0.1:{20_000 + number}", State = ServerState.Ready, Version = 1, Slots = slots, Free = slots,
        }).ToList();
        await AnnounceAsync(1);
        var page = await OpenAsync();
        await Assertions.Expect(page.Locator(".server")).ToHaveCountAsync(servers, SoonCount);
        await page.EvaluateAsync("""
            () => {
              globalThis.frames = [];
              const frame = () => {
                const started = performance.now(), { port1, port2 } = new MessageChannel();
                // The first task after the frame's scripts, style, layout and paint.
                port1.onmessage = () => frames.push(performance.now() - started);
                port2.postMessage(0);
                requestAnimationFrame(frame);
              };
              requestAnimationFrame(frame);
            }
            """);
        await page.EvaluateAsync("() => { globalThis.times = []; new PerformanceObserver(list => { for (const { duration } of list.getEntriesByName('fleet-update')) times.push(duration); }).observe({ entryTypes: ['measure'] }); }");
        for (var version = 2; version < 12; version++)
        {
            await AnnounceAsync(version);
            await page.WaitForFunctionAsync($"() => document.querySelector('.server:nth-child(100) .facts').textContent.includes('render {version} ms')");
        }

        var times = (await page.EvaluateAsync<double[]>("() => times")).Order().ToList();
        // Frames in which nothing happens take less than a millisecond.
        var frames = (await page.EvaluateAsync<double[]>("() => frames")).Where(static ms => ms > 1).Order().ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{servers} servers × {slots} slots: an update takes {times[times.Count / 2]:0.0} ms of script (median, highest {times[^1]:0.0} ms, {times.Count} updates), and a frame after it {frames[frames.Count / 2]:0.0} ms (median, 90 % {frames[frames.Count * 9 / 10]:0.0} ms, highest {frames[^1]:0.0} ms, {frames.Count} frames).");
        // The aim is 16 ms; the bound allows for a machine that does something else, too.
        Assert.True(times[times.Count / 2] <= 100, $"The median of {times.Count} updates is {times[times.Count / 2]:0.0} ms.");
        Assert.True(frames[frames.Count / 2] <= 100, $"The median of {frames.Count} frames is {frames[frames.Count / 2]:0.0} ms.");

        async Task AnnounceAsync(int version)
        {
            foreach (var record in records)
            {
                await Manager.Registry.Servers.AnnounceAsync(
                    record with
                    {
                        Version = version,
                        RecentRenderMs = version,
                        Free = version % slots,
                        SlotStates = [.. Enumerable.Range(0, slots).Select(slot => new SlotStatus(slot, (slot + version) % 3 == 0 ? "leased" : "idle") { Affinity = $"realm:http://127.0.0.1:9/{slot}/", AgeSeconds = version })],
                    },
                    TestContext.Current.CancellationToken);
            }
        }
    }
}
