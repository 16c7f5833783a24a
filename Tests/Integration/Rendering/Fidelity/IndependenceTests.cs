using Fleet.Contracts;
using Fleet.PrerenderServer.Pool.Core.State;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Rendering.Fidelity;

/// <summary>A render is a first visit: the result of a URL does not depend on what was rendered before it in the same page.</summary>
[Collection(FidelityCollection.Name)]
public sealed class IndependenceTests(ServerFixture server)
{
    /// <summary>A page that counts its visits in every kind of storage, and shows the counters.</summary>
    private const string Counting = """
        <!doctype html><p id=out></p><script type=module>
        window.prerenderReady = false;
        const next = (n) => Number(n ?? 0) + 1;
        const seen = {};
        localStorage.n = seen.local = next(localStorage.n);
        sessionStorage.n = seen.session = next(sessionStorage.n);
        document.cookie = `n=${seen.cookie = next(/n=(\d+)/.exec(document.cookie)?.[1])}; path=/; max-age=9999`;
        window.name = seen.name = next(window.name || 0);
        seen.history = history.length;
        seen.state = history.state;
        history.replaceState('left', '');
        const cache = await caches.open('c');
        seen.cache = next(await (await cache.match('/n'))?.text());
        await cache.put('/n', new Response(seen.cache));
        const open = indexedDB.open('d', 1);
        open.onupgradeneeded = () => open.result.createObjectStore('s');
        const database = await new Promise((resolve) => { open.onsuccess = () => resolve(open.result); });
        const store = database.transaction('s', 'readwrite').objectStore('s');
        const stored = store.get('n');
        await new Promise((resolve) => { stored.onsuccess = resolve; });
        seen.database = next(stored.result);
        await new Promise((resolve) => { store.put(seen.database, 'n').onsuccess = resolve; });
        seen.files = next(await (await (await (await navigator.storage.getDirectory()).getFileHandle('n', { create: true })).getFile()).text() || 0);
        seen.worker = 'serviceWorker' in navigator;
        FRAME
        document.getElementById('out').textContent = JSON.stringify(seen);
        window.prerenderReady = true;
        </script>
        """;

    private static readonly string s_plain = Counting.Replace("FRAME", "", StringComparison.Ordinal);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int> Seeds => [7, Random.Shared.Next()];

    [Theory, MemberData(nameof(Seeds))]
    public async Task Html_AnySequenceOfUrls_EachIsAFirstVisit(int seed)
    {
        var id = Guid.NewGuid().ToString("N");
        server.OtherApp.Page($"/{id}-a", s_plain);
        server.OtherApp.Page($"/{id}-b", s_plain);
        server.OtherApp.Page($"/{id}-leaves", "<script>localStorage.n = sessionStorage.n = 9; document.cookie = 'n=9; path=/'; name = 9; location.href = '/elsewhere'</script>");
        server.Site.Page($"/{id}-c", s_plain);
        server.Site.Page($"/{id}-frame", Counting.Replace("FRAME", "parent.postMessage(JSON.stringify(seen), '*');", StringComparison.Ordinal));
        server.OtherApp.Page($"/{id}-d", Counting.Replace("FRAME", $$"""
            const frame = document.createElement('iframe');
            frame.src = '{{server.Site[$"{id}-frame"]}}';
            const answer = new Promise((resolve) => addEventListener('message', (event) => resolve(event.data)));
            document.body.append(frame);
            seen.frame = await answer;
            """, StringComparison.Ordinal));
        Uri[] urls = [server.OtherApp[$"{id}-a"], server.OtherApp[$"{id}-b"], server.Site[$"{id}-c"], server.OtherApp[$"{id}-d"], server.OtherApp[$"{id}-leaves"]];
        var fresh = new Dictionary<Uri, string>();
        foreach (var url in urls)
        {
            fresh[url] = await RenderAsync(url, $"user:fresh-{Guid.NewGuid():N}");
        }

        Assert.Contains("\"local\":1,\"session\":1,\"cookie\":1,\"name\":1,", fresh[urls[0]], StringComparison.Ordinal);
        var random = new Random(seed);
        for (var i = 0; i < 10; i++)
        {
            var url = urls[random.Next(urls.Length)];
            var seen = await RenderAsync(url, "user:sequence");
            Assert.True(fresh[url] == seen, $"Seed {seed}, render {i} of {url}.\nFresh: {fresh[url]}\nSeen:  {seen}");
        }

        AssertKept(id);
    }

    /// <summary>While a page is left, its own next document may be committed at any point.</summary>
    [Fact]
    public async Task Html_PageThatGoesOnWhileItIsLeft_IsNotReplaced()
    {
        var id = Guid.NewGuid().ToString("N");
        server.OtherApp.Page($"/{id}-next", "<h1>next</h1>");
        server.OtherApp.Page($"/{id}-leaves", $"<script>localStorage.n = sessionStorage.n = 9; location.href = '/{id}-next'</script>");
        server.Site.Page($"/{id}-c", s_plain);
        for (var i = 0; i < 25; i++)
        {
            await RenderAsync(server.OtherApp[$"{id}-leaves"], "user:goes-on");
            Assert.Contains("\"local\":1,\"session\":1,", await RenderAsync(server.Site[$"{id}-c"], "user:goes-on"), StringComparison.Ordinal);
        }

        AssertKept(id);
    }

    [Theory]
    [InlineData("max-age=3600", null)]
    [InlineData("", "Thu, 01 Jan 2015 00:00:00 GMT")]
    public async Task Html_CacheableDocumentsAndAnswers_AreAskedForAgain_AndHashedAssetsAreNot(string cacheControl, string? modified)
    {
        var id = Guid.NewGuid().ToString("N");
        var count = 0;
        Task Answer(HttpContext http, string type, string text)
        {
            http.Response.Headers.CacheControl = cacheControl;
            http.Response.Headers.LastModified = modified;
            http.Response.ContentType = type;
            return http.Response.WriteAsync(text);
        }

        server.OtherApp.Routes[$"/{id}-api"] = http => Answer(http, "application/json", $"{Interlocked.Increment(ref count)}");
        server.OtherApp.Routes[$"/{id}"] = http => Answer(http, "text/html", $$"""
            <!doctype html><p id=out></p><p>document {{Interlocked.Increment(ref count)}}</p><script>
            (async () => { const a = await (await fetch('/{{id}}-api')).text(); const x = new XMLHttpRequest(); x.open('GET', '/{{id}}-api?xhr', false); x.send(); out.textContent = `api ${a}, xhr ${x.responseText}`; })()
            </script>
            """);
        for (var i = 0; i < 3; i++)
        {
            var html = await RenderAsync(server.OtherApp[id], "user:cache");
            Assert.Contains($"document {3 * i + 1}<", html, StringComparison.Ordinal);
            Assert.Contains($"api {3 * i + 2}, xhr {3 * i + 3}<", html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Html_HashedAsset_ComesFromTheCache()
    {
        var asset = $"/assets/index-{Guid.NewGuid():N}.js";
        server.OtherApp.Routes[asset] = http =>
        {
            http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            http.Response.ContentType = "text/javascript";
            return http.Response.WriteAsync("document.body.append('from the asset')");
        };
        var path = $"/{Guid.NewGuid():N}";
        server.OtherApp.Page(path, $"<!doctype html><body><script src={asset}></script>");
        for (var i = 0; i < 3; i++)
        {
            Assert.Contains("from the asset", await RenderAsync(server.OtherApp[path], "user:asset"), StringComparison.Ordinal);
        }

        Assert.Equal(1, server.OtherApp.Hits(asset));
    }

    /// <summary>Activity of a page after its capture and while it is left: it must affect neither the next page nor its duration.</summary>
    [Theory]
    [InlineData("addEventListener('pagehide', () => navigator.sendBeacon('BEACON', 'x'))")]
    [InlineData("addEventListener('pagehide', () => fetch('BEACON', { method: 'POST', keepalive: true }))")]
    [InlineData("addEventListener('pagehide', () => { localStorage.n = sessionStorage.n = 9; document.cookie = 'n=9; path=/'; window.name = '9'; })")]
    [InlineData("addEventListener('visibilitychange', () => fetch('BEACON', { keepalive: true }).then(() => { document.cookie = 'n=9; path=/'; }))")]
    [InlineData("addEventListener('beforeunload', (e) => { e.preventDefault(); localStorage.n = 9; })")]
    [InlineData("fetch('BEACON', { keepalive: true }).then((r) => r.text()).then(() => { localStorage.n = 9; })")]
    [InlineData("navigator.sendBeacon('BEACON', 'x'); setTimeout(() => fetch(new Request('BEACON', { keepalive: true })), 500)")]
    [InlineData("setTimeout(() => fetch('BEACON', { keepalive: true }), 450); onpagehide = onunload = () => { window.name = '9'; document.cookie = 'n=9; path=/'; }")]
    [InlineData("setInterval(() => { localStorage.n = 9; document.cookie = 'n=9; path=/'; new Image().src = 'BEACON?image'; }, 1)")]
    [InlineData("new Worker(URL.createObjectURL(new Blob([`setInterval(() => { indexedDB.open('d', 7); caches.open('c').then((c) => c.put('/n', new Response(9))); }, 5)`])))")]
    [InlineData("new Worker(URL.createObjectURL(new Blob([`setInterval(() => fetch('${location.origin}BEACON', { keepalive: true }), 40)`])))")]
    [InlineData("navigator.locks.request('n', () => new Promise(() => {})); new BroadcastChannel('n').onmessage = (e) => { localStorage.n = 9; }; const s = document.createElement('iframe'); s.srcdoc = '<script>addEventListener(\"pagehide\", () => { localStorage.n = 9; navigator.sendBeacon(\"BEACON\"); })<\\/script>'; document.body.append(s)")]
    [InlineData("Notification.requestPermission(); navigator.geolocation.getCurrentPosition(() => {}); navigator.storage.persist(); navigator.clipboard.writeText('x').catch(() => {})")]
    public async Task Html_PageThatActsWhenItIsLeft_DoesNotReachTheNextVisit(string script)
    {
        var id = Guid.NewGuid().ToString("N");
        server.OtherApp.Page($"/{id}-next", Counting.Replace("FRAME", """
            for (const name of ['notifications', 'geolocation', 'persistent-storage', 'clipboard-write']) seen[name] = (await navigator.permissions.query({ name })).state;
            new BroadcastChannel('n').postMessage('hello');
            seen.locks = (await navigator.locks.query()).held.length;
            seen.all = [localStorage.n, sessionStorage.n, document.cookie];
            """, StringComparison.Ordinal));
        // The beacon is answered late, and with a cookie.
        server.OtherApp.Routes[$"/{id}-beacon"] = async http =>
        {
            http.Response.Headers.SetCookie = "n=9; path=/";
            await Task.Delay(300, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        server.OtherApp.Page($"/{id}-first", $"<!doctype html><body><h1>first</h1><script>{script.Replace("BEACON", $"/{id}-beacon", StringComparison.Ordinal)}</script>");
        var fresh = await RenderAsync(server.OtherApp[$"{id}-next"], $"user:fresh-{id}");
        Assert.Contains("\"local\":1,\"session\":1,\"cookie\":1,\"name\":1,", fresh, StringComparison.Ordinal);
        for (var i = 0; i < 2; i++)
        {
            Assert.Contains("<h1>first</h1>", await RenderAsync(server.OtherApp[$"{id}-first"], $"user:left-{id}"), StringComparison.Ordinal);
            Assert.Equal(fresh, await RenderAsync(server.OtherApp[$"{id}-next"], $"user:left-{id}"));
        }
    }

    /// <summary>A page that is replaced is clean as well, but costs a boot.</summary>
    private void AssertKept(string id)
    {
        var replaced = server.Log.Lines.FirstOrDefault(line => line.Contains(id, StringComparison.Ordinal) && line.Contains("is replaced", StringComparison.Ordinal));
        Assert.True(replaced is null, replaced);
    }

    private async Task<string> RenderAsync(Uri url, string affinity)
    {
        var result = await server.RenderAsync(new() { Url = url.AbsoluteUri, Affinity = affinity, Formats = [RenderFormat.Html] }, Token);
        await Eventually.Async(() => !server.Pool.Snapshot.Slots.Any(s => s.State == SlotState.Leased && s.Affinity == affinity), "the page is left");
        return result.RedirectUrl ?? result.Formats.GetValueOrDefault(RenderFormat.Html) ?? $"{result.Outcome} {result.Diagnostics?.Message}";
    }
}
