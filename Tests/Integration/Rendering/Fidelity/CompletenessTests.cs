using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using Fleet.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Rendering.Fidelity;

/// <summary>A page with complete content is captured even if it never rests; what keeps it busy is named.</summary>
[Collection(FidelityCollection.Name)]
public sealed class CompletenessTests(ServerFixture server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    // Requests whose end is never reported, or of no interest.
    [InlineData("new Worker('/noop.js')")]
    [InlineData("new Worker('/noop.js', { type: 'module' })")]
    [InlineData("new Worker(URL.createObjectURL(new Blob(['onmessage = () => {}'], { type: 'text/javascript' })))")]
    [InlineData("new Worker('data:text/javascript,0')")]
    [InlineData("const w = new Worker('/noop.js'); setInterval(() => w.postMessage(0), 100)")]
    [InlineData("setInterval(() => {}, 1000)")]
    [InlineData("new SharedWorker('/noop.js')")]
    [InlineData("new EventSource('/events')")]
    [InlineData("new WebSocket(location.origin.replace('http', 'ws') + '/socket')")]
    [InlineData("new WebSocket(location.origin.replace('http', 'ws') + '/silent')")]
    [InlineData("(function f() { setTimeout(f, 700); })()")]
    [InlineData("setTimeout(() => { b.textContent = 'later' }, 60_000); clearTimeout(setTimeout(() => {}, 900))")]
    [InlineData("b.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 300, iterations: Infinity })")]
    [InlineData("navigator.sendBeacon('/hangs', 'x')")]
    // The document never gets a `load` event.
    [InlineData("location.href = 'shop-app://open'")]
    [InlineData("window.stop()")]
    [InlineData("fetch('/body')")]
    [InlineData("fetch('/large')")]
    [InlineData("setInterval(() => fetch('/ok'), 100)")]
    [InlineData("setInterval(() => fetch('/missing'), 100)")]
    [InlineData("setInterval(() => fetch('/ok', { method: 'POST', body: 'same' }), 100)")]
    [InlineData("setInterval(() => fetch('/ok?_=' + Date.now()), 200)")]
    [InlineData("let n = 0; (async function poll() { await fetch('/ok', { method: 'POST', body: JSON.stringify({ id: ++n, at: new Date(), key: crypto.randomUUID() }) }); setTimeout(poll, 200); })()")]
    [InlineData("const a = document.createElement('a'); a.href = '/zip'; a.download = ''; document.body.append(a); a.click()")]
    [InlineData("const c = new AbortController(); fetch('/hangs', { signal: c.signal }).catch(() => {}); setTimeout(() => c.abort(), 50)")]
    [InlineData("const f = document.createElement('iframe'); f.src = '/hangs'; document.body.append(f); setTimeout(() => f.remove(), 50)")]
    // Documents that never rest.
    [InlineData("(function f(t) { b.style.left = Math.sin(t / 500) * 100 + 'px'; requestAnimationFrame(f); })(0)")]
    [InlineData("(function f(t) { b.textContent = new Date().toISOString(); requestAnimationFrame(f); })(0)")]
    [InlineData("let n = 0; (function f() { b.textContent = n++; requestAnimationFrame(f); })()")]
    [InlineData("(function f(t) { b.innerHTML = `<i>${t}</i><b>${t}</b>`; requestAnimationFrame(f); })(0)")]
    [InlineData("(function f(t) { b.replaceChildren(); for (let i = 0; i < 5; i++) b.append(Object.assign(document.createElement('i'), { textContent: i, className: t })); requestAnimationFrame(f); })(0)")]
    [InlineData("(function f(t) { b.append(Object.assign(document.createElement('i'), { textContent: 'item' })); if (b.children.length > 5) b.firstElementChild.remove(); requestAnimationFrame(f); })(0)")]
    [InlineData("(function f(t) { document.title = t; b.firstChild.data = `ball ${Math.round(t) % 10}`; b.dataset.t = t; requestAnimationFrame(f); })(0)")]
    public async Task Html_PageThatGoesOnWithoutContent_Settles(string script)
    {
        Serve();
        var result = await RenderSettledAsync($"<!doctype html><body><h1>Content is here</h1><p id=b style='position:relative'>ball</p><script>{script}</script>");
        Assert.True(result.Diagnostics!.Stability == "settled", $"{result.Diagnostics}");
        Assert.Contains("Content is here", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fetch('/data').then((r) => r.text()).then(show)")]
    [InlineData("fetch('/data', { method: 'POST', body: 'x'.repeat(200_000) }).then((r) => r.text()).then(show)")]
    [InlineData("location.href = 'shop-app://open'; fetch('/data').then((r) => r.text()).then(show)")]
    [InlineData("fetch('/slow-body').then((r) => r.json()).then(show)")]
    // A request that is like an earlier one, and may get another answer.
    [InlineData("fetch('/guarded').then(() => fetch('/guarded')).then((r) => r.text()).then(show)")]
    [InlineData("fetch('/data').then(() => fetch('/ok', { method: 'POST' })).then(() => fetch('/data')).then((r) => r.text()).then(show)")]
    [InlineData("const post = (part) => fetch('/data', { method: 'POST', body: new Blob([part]) }); post('a').then(() => post('b')).then((r) => r.text()).then(show)")]
    [InlineData("const rows = (range) => fetch('/data', { headers: { range } }); rows('items=0-9').then(() => rows('items=10-19')).then((r) => r.text()).then(show)")]
    [InlineData("const w = new Worker('/fetching.js'); w.onmessage = (e) => show(e.data)")]
    [InlineData("const w = new Worker(URL.createObjectURL(new Blob([`fetch('${location.origin}/data').then((r) => r.text()).then(postMessage)`]))); w.onmessage = (e) => show(e.data)")]
    [InlineData("const f = document.createElement('iframe'); f.src = '/frame'; document.body.append(f); onmessage = (e) => show(e.data)")]
    [InlineData("setInterval(() => { b.style.left = Math.random() + 'px'; }, 10); fetch('/data').then((r) => r.text()).then(show)")]
    [InlineData("setInterval(() => { b.innerHTML = '<i>' + Math.random().toFixed(3) + '</i>'; }, 10); fetch('/data').then((r) => r.text()).then(show)")]
    [InlineData("let n = 0; const t = setInterval(() => { out.textContent += '.'; if (++n === 60) { clearInterval(t); show('the data'); } }, 20)")]
    // The first message that an app receives after it has loaded.
    [InlineData("new WebSocket(location.origin.replace('http', 'ws') + '/told').onmessage = (e) => show(e.data)")]
    [InlineData("new EventSource('/told').onmessage = (e) => show(e.data)")]
    // Activity that is about to end: a timer, a transition, an animation, a fade.
    [InlineData("setTimeout(() => show('the data'), 900)")]
    [InlineData("fetch('/ok').then(() => setTimeout((text) => show(text), 700, 'the data'))")]
    [InlineData("const t = setInterval(() => { clearInterval(t); show('the data'); }, 900)")]
    [InlineData("scheduler.postTask(() => show('the data'), { delay: 900 })")]
    [InlineData("const w = new Worker('/computing.js'); w.onmessage = (e) => show(e.data); w.postMessage('the data')")]
    [InlineData("new Worker('/holding.js').onmessage = () => { indexedDB.open('held').onsuccess = (e) => { e.target.result.transaction('s').objectStore('s').get(1).onsuccess = (e) => show(e.target.result); }; }")]
    [InlineData("new Worker('/timing.js').onmessage = (e) => show(e.data)")]
    [InlineData("new SharedWorker('/sharing.js').port.onmessage = (e) => show(e.data)")]
    [InlineData("let n = 0; const t = setInterval(() => { b.textContent = `${++n % 10}`; if (n === 80) { clearInterval(t); show('the data'); } }, 25)")]
    [InlineData("setTimeout(`show('the data')`, 900)")]
    // A timer that is set anew for the rest of its time, as a debounced function does.
    [InlineData("const due = performance.now() + 900; setTimeout(function wait() { const left = due - performance.now(); if (left > 0) setTimeout(wait, left); else show('the data'); }, 600)")]
    // Frames, and work in idle time.
    [InlineData("const due = performance.now() + 700; requestAnimationFrame(function frame() { if (performance.now() < due) requestAnimationFrame(frame); else show('the data'); })")]
    [InlineData("requestIdleCallback(() => requestIdleCallback(() => show('the data')))")]
    // A timer of another frame.
    [InlineData("const f = document.createElement('iframe'); f.srcdoc = '<script>setTimeout(() => parent.out.replaceChildren(Object.assign(parent.document.createElement(`h1`), { textContent: `the data` })), 900)<\\/script>'; document.body.append(f)")]
    [InlineData("const f = document.createElement('iframe'); f.src = '/timing-frame'; document.body.append(f); onmessage = (e) => show(e.data)")]
    [InlineData("const f = document.createElement('iframe'); document.body.append(f); f.contentWindow.setTimeout(() => show('the data'), 900)")]
    // Longer than that, as long as the document grows.
    [InlineData("let n = 0; const t = setInterval(() => { out.append(Object.assign(document.createElement('p'), { textContent: `part ${n}` })); if (++n === 8) { clearInterval(t); show('the data'); } }, 200)")]
    [InlineData("let n = 0; (function next() { out.append(Object.assign(document.createElement('p'), { textContent: `part ${n}` })); if (++n === 8) show('the data'); else setTimeout(next, 200); })()")]
    [InlineData("(async () => { for (let n = 0; n < 15; n++) { out.append(Object.assign(document.createElement('p'), { textContent: `part ${n}` })); await new Promise((r) => setTimeout(r, 120)); } show('the data'); })()")]
    [InlineData("(async () => { for (let n = 0; n < 8; n++) { await fetch(`/part?n=${n}`); out.textContent += '.'; await new Promise((r) => setTimeout(r, 60)); } show('the data'); })()")]
    [InlineData("const e = new EventSource('/told-often'); e.onmessage = (m) => { out.textContent += `${m.data} `; if (m.data === '7') { e.close(); show('the data'); } }")]
    [InlineData("(async () => { const r = (await fetch('/told-often')).body.getReader(), d = new TextDecoder(); for (;;) { const { done, value } = await r.read(); if (done) break; out.textContent += d.decode(value); } show('the data'); })()")]
    // A schedule of its own.
    [InlineData("const c = new MessageChannel(); let n = 0; c.port1.onmessage = () => { const end = performance.now() + 5; while (performance.now() < end); if (++n < 200) c.port2.postMessage(0); else show('the data'); }; c.port2.postMessage(0)")]
    [InlineData("crypto.subtle.importKey('raw', new Uint8Array(8), 'PBKDF2', false, ['deriveBits']).then((k) => crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: new Uint8Array(8), iterations: 1_000_000 }, k, 256)).then(() => show('the data'))")]
    // A page that shows nothing yet.
    [InlineData("document.documentElement.style.opacity = 0; setTimeout(() => { document.documentElement.style.opacity = 1; show('the data'); }, 2500)")]
    [InlineData("document.body.style.visibility = 'hidden'; setTimeout(() => { document.body.style.visibility = ''; show('the data'); }, 1500)")]
    [InlineData("b.style.transition = 'opacity .7s'; b.offsetTop; b.style.opacity = 0; b.ontransitionend = () => show('the data')")]
    [InlineData("b.animate({ opacity: 0 }, 800).finished.then(() => show('the data'))")]
    [InlineData("(function f(t) { const k = Math.min(1, t / 800); b.style.opacity = k; if (k < 1) requestAnimationFrame(f); else show('the data'); })(0)")]
    [InlineData("let n = 0; const t = setInterval(() => { b.textContent = `${++n % 10}`; if (n === 40) { clearInterval(t); show('the data'); } }, 20)")]
    [InlineData("let n = 0; (function load() { fetch('/busy').then((r) => r.ok ? r.text().then(show) : load()); })()")]
    public async Task Html_ContentThatIsStillComing_IsWaitedFor(string script)
    {
        Serve();
        var result = await RenderSettledAsync($"<!doctype html><body><p id=b>ball</p><p id=out>Loading</p><script>const show = (t) => {{ out.innerHTML = '<h1>' + t + '</h1>'; }}; {script}</script>");
        Assert.Contains("<h1>the data</h1>", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
        Assert.Equal("settled", result.Diagnostics!.Stability);
    }

    [Theory]
    [InlineData("fetch('/hangs')", "/hangs is not answered")]
    [InlineData("setInterval(() => list.append(Object.assign(document.createElement('li'), { textContent: 'item' })), 20)", "ul#list still changes")]
    [InlineData("window.prerenderReady = false", "window.prerenderReady is still false")]
    public async Task Html_PageThatIsCapped_NamesWhatIsRestless(string script, string culprit)
    {
        Serve();
        // A page on a busy machine may not report its activity in time.
        var result = await RenderAgainAsync(
            $"<!doctype html><body><h1>Content is here</h1><ul id=list></ul><script>{script}</script>", static result => result.Diagnostics!.Message!.Contains("it is busy", StringComparison.Ordinal));
        Assert.Equal((RenderOutcome.Rendered, "capped"), (result.Outcome, result.Diagnostics!.Stability));
        Assert.Contains(culprit, result.Diagnostics.Message, StringComparison.Ordinal);
        Assert.Contains("Content is here", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2_600, "settled")]
    [InlineData(60_000, "capped")]
    public async Task Html_DocumentThatIsStillReceived_IsWaitedFor(int afterMs, string stability)
    {
        var path = $"/streamed-{Guid.NewGuid():N}";
        server.OtherApp.Routes[path] = async http =>
        {
            http.Response.ContentType = "text/html";
            await http.Response.WriteAsync("<!doctype html><p id=out>Loading</p>", Token);
            await http.Response.Body.FlushAsync(Token);
            await Task.Delay(afterMs, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            await http.Response.WriteAsync("<template id=t><h1>the data</h1></template><script>out.replaceWith(t.content)</script>", http.RequestAborted);
        };
        var result = await server.RenderAsync(new() { Url = server.OtherApp[path].AbsoluteUri }, Token);
        Assert.Equal((RenderOutcome.Rendered, stability), (result.Outcome, result.Diagnostics!.Stability));
        Assert.Contains(stability == "settled" ? "<h1>the data</h1>" : "Loading", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
        if (stability == "capped")
        {
            Assert.Contains(path, result.Diagnostics.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Html_ManyRootsThatShareASheet_AreCapturedInTime()
    {
        var result = await server.RenderPageAsync("""
            <!doctype html><body><script>
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(Array.from({ length: 60 }, (_, i) => `.c${i} { font: inherit; grid: none; mask: none; border: none; animation: none; transition: none; background: none }`).join(' '));
            customElements.define('x-c', class extends HTMLElement { connectedCallback() { const root = this.attachShadow({ mode: 'open' }); root.adoptedStyleSheets = [sheet]; root.innerHTML = '<p class=c3><slot></slot>'; } });
            for (let i = 0; i < 2000; i++) document.body.append(Object.assign(document.createElement('x-c'), { textContent: `element ${i}` }));
            </script>
            """, deadlineMs: 6_000);
        Assert.Equal(RenderOutcome.Rendered, result.Outcome);
        Assert.Equal(2_000, result.Formats[RenderFormat.Html].Split(".c59 {").Length - 1);
    }

    [Fact]
    public async Task Html_RequestThatTakesLong_IsNamed()
    {
        server.OtherApp.Routes["/late"] = http => Task.Delay(2_000, Token).ContinueWith(_ => http.Response.WriteAsync("the data"), TaskScheduler.Default).Unwrap();
        var result = await RenderSettledAsync("<p id=out></p><script>fetch('/late').then((r) => r.text()).then((t) => { out.textContent = t; })</script>");

        Assert.Contains("the data", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
        Assert.Contains($"GET {server.OtherApp["late"]}, took ", result.Diagnostics!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Html_AppThatWaitsForItsServiceWorker_RunsAsInABrowserWithoutThem()
    {
        var result = await server.RenderPageAsync("""
            <!doctype html><div id=root>Starting</div><script type=module>
            if ('serviceWorker' in navigator) { navigator.serviceWorker.register('/sw.js').catch(() => {}); await navigator.serviceWorker.ready; }
            root.innerHTML = '<h1>The app</h1>';
            </script>
            """);
        Assert.Contains("<h1>The app</h1>", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
    }

    /// <summary>Renders a page that should settle; again if it did not, since a busy machine may be too slow for it.</summary>
    private Task<RenderResult> RenderSettledAsync(string html) => RenderAgainAsync(html, static result => result.Diagnostics!.Stability == "capped");

    private async Task<RenderResult> RenderAgainAsync(string html, Func<RenderResult, bool> isTooSlow)
    {
        RenderResult result;
        var attempts = 0;
        do
        {
            result = await server.RenderPageAsync(html);
        }
        while (++attempts < 4 && isTooSlow(result));

        return result;
    }

    private void Serve()
    {
        void Text(string path, string type, string text, int delay = 0) => server.OtherApp.Routes[path] = async http =>
        {
            await Task.Delay(delay, Token);
            http.Response.ContentType = type;
            await http.Response.WriteAsync(text);
        };
        Text("/noop.js", "text/javascript", "self.onmessage = () => {};");
        Text("/computing.js", "text/javascript", "onmessage = (e) => { const end = performance.now() + 500; while (performance.now() < end); postMessage(e.data); };");
        // Its transaction runs for longer than timers and animations are waited for, and later ones wait.
        Text("/holding.js", "text/javascript", """
            const open = indexedDB.open('held', 1);
            open.onupgradeneeded = () => open.result.createObjectStore('s').put('the data', 1);
            open.onsuccess = () => {
              const store = open.result.transaction('s', 'readwrite').objectStore('s');
              const end = performance.now() + 2000;
              store.get(1).onsuccess = () => postMessage('');
              (function go() { if (performance.now() < end) store.get(1).onsuccess = go; })();
            };
            """);
        Text("/fetching.js", "text/javascript", "fetch('/data').then((r) => r.text()).then(postMessage)");
        Text("/data", "text/plain", "the data", 1_000);
        Text("/ok", "text/plain", "ok");
        server.OtherApp.Routes["/slow-body"] = async http =>
        {
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync("\"the ");
            await http.Response.Body.FlushAsync();
            await Task.Delay(2_600, Token);
            await http.Response.WriteAsync("data\"");
        };
        var visits = 0;
        server.OtherApp.Routes["/guarded"] = async http =>
        {
            var isFirst = Interlocked.Increment(ref visits) % 2 == 1;
            await Task.Delay(isFirst ? 0 : 1_000, Token);
            http.Response.StatusCode = isFirst ? 401 : 200;
            await http.Response.WriteAsync("the data");
        };
        Text("/frame", "text/html", "<script>fetch('/data').then((r) => r.text()).then((t) => parent.postMessage(t, '*'))</script>");
        Text("/timing.js", "text/javascript", "setTimeout(() => postMessage('the data'), 500)");
        Text("/sharing.js", "text/javascript", "onconnect = (e) => { const [p] = e.ports; setTimeout(() => p.postMessage('the data'), 500); }");
        Text("/timing-frame", "text/html", "<script>setTimeout(() => parent.postMessage('the data', '*'), 900)</script>");
        Text("/part", "text/plain", "part", 150);
        Text("/body", "text/plain", "small");
        Text("/large", "text/plain", new string('x', 4_000_000));
        Text("/zip", "application/zip", "PK");
        var attempts = 0;
        server.OtherApp.Routes["/busy"] = async http =>
        {
            await Task.Delay(100, Token);
            http.Response.StatusCode = Interlocked.Increment(ref attempts) < 8 ? 503 : 200;
            await http.Response.WriteAsync("the data");
        };
        async Task SocketAsync(HttpContext http, string? message)
        {
            using var socket = await http.WebSockets.AcceptWebSocketAsync();
            if (message is not null)
            {
                await Task.Delay(700, Token);
                await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, Token);
            }

            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        }
        server.OtherApp.Routes["/silent"] = http => SocketAsync(http, null);
        // For longer than what counts as in flight.
        server.OtherApp.Routes["/told-often"] = async http =>
        {
            http.Response.ContentType = "text/event-stream";
            for (var n = 0; n < 8; n++)
            {
                await http.Response.WriteAsync($"data: {n}\n\n");
                await http.Response.Body.FlushAsync();
                await Task.Delay(210, Token);
            }
        };
        server.OtherApp.Routes["/told"] = async http =>
        {
            if (http.WebSockets.IsWebSocketRequest)
            {
                await SocketAsync(http, "the data");
                return;
            }

            http.Response.ContentType = "text/event-stream";
            await http.Response.StartAsync();
            await Task.Delay(700, Token);
            await http.Response.WriteAsync("data: the data\n\n");
            await http.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        server.OtherApp.Routes["/hangs"] = http => Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        server.OtherApp.Routes["/events"] = async http =>
        {
            http.Response.ContentType = "text/event-stream";
            await http.Response.StartAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };
    }
}
