using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Fleet.Bench.Rendering;

/// <summary>A page that is easy to get wrong, and what tells that it is right.</summary>
/// <param name="Name">What is difficult about it.</param>
/// <param name="Body">Its document, behind the doctype.</param>
/// <param name="IsRight">Whether the status and the HTML of a render are right.</param>
internal sealed record DocumentCase(string Name, string Body, Func<int, string, bool> IsRight)
{
    private const string Rows = "<table id=t></table><script>fetch('/rows.json').then(() => t.innerHTML = Array.from({ length: 120 }, (_, i) => `<tr><td>${i}<td>${'text of a cell '.repeat(10)}`).join(''))</script>";

    /// <summary>The pages whose time is measured: all of them settle by themselves.</summary>
    public static IReadOnlyList<DocumentCase> Measured { get; } =
    [
        new("app", "<title>App</title><div id=root></div><script src=/bundle.js></script><script>root.innerHTML = '<main>the app</main>'</script>", Has("<main>the app</main>")),
        new("api", "<p id=p></p><script>fetch('/rows.json').then((r) => r.json()).then(() => p.textContent = 'answered')</script>", Has(">answered<")),
        new("shadow", "<x-a></x-a><script>customElements.define('x-a', class extends HTMLElement { constructor() { super(); this.attachShadow({ mode: 'open' }).innerHTML = '<b>in ' + 'the root</b>'; } })</script>", Has("in the root")),
        new("rows", Rows, Has("<td>119")),
    ];

    public static IReadOnlyList<DocumentCase> All { get; } =
    [
        .. Measured,
        new("01 inserted rules", "<style id=s></style><script>s.sheet.insertRule('.b' + 'ox { color: red }')</script>", Has(".box")),
        new("01 inserted rules of a link", "<link rel=stylesheet href=/base.css><script>addEventListener('load', () => document.styleSheets[0].insertRule('.b' + 'ox { color: red }'))</script>", Has(".box")),
        new("01 adopted sheet", "<script>const s = new CSSStyleSheet(); s.replaceSync('.b' + 'ox { color: red }'); document.adoptedStyleSheets = [s]</script>", Has(".box")),
        new("02 shadow root by attachShadow", "<div id=h></div><script>h.attachShadow({ mode: 'open' }).append('in a ' + 'root')</script>", Has("in a root")),
        new("02 closed shadow root", "<div id=h></div><script>h.attachShadow({ mode: 'closed' }).append('in a ' + 'root')</script>", Has("in a root")),
        new("02 declarative shadow root", "<div><template shadowrootmode=open>in a root</template></div>", Has("in a root")),
        new("02 setHTMLUnsafe", "<div id=h></div><script>h.setHTMLUnsafe('<div><template shadowrootmode=open>in a' + ' root</template></div>')</script>", Has("in a root")),
        new("03 storage", "<p id=p></p><script>localStorage.n = +(localStorage.n ?? 0) + 1; document.cookie = `n=${+(document.cookie.split('=')[1] ?? 0) + 1}`; p.textContent = `visit ${localStorage.n} ${document.cookie}`</script>", Has(">visit 1 n=1<")),
        new("03 service worker absent", "<p id=p></p><script>'serviceWorker' in navigator ? navigator.serviceWorker.ready.then(() => p.textContent = 'ready') : p.textContent = 'ready'</script>", Has(">ready<")),
        new("07 location.replace", "<script>location.replace('/elsewhere')</script>", (status, _) => status is >= 300 and < 400),
        new("07 meta refresh", "<meta http-equiv=refresh content='0;url=/elsewhere'>", (status, _) => status is >= 300 and < 400),
        new("11 animation", "<p id=p style='position:relative'>content</p><script>(function move(t) { p.style.left = `${t % 100}px`; requestAnimationFrame(move); })(0)</script>", Has(">content<")),
        new("11 growing for ever", "<p>content</p><script>setInterval(() => document.body.append(document.createElement('i')), 20)</script>", Has(">content<")),
        new("11 event stream", "<p id=p></p><script>new EventSource('/stream'); setTimeout(() => p.textContent = 'content', 200)</script>", Has(">content<")),
        new("14 form state", "<input id=a><input id=b type=checkbox><select id=c><option>one<option>two</select><script>a.value = 'typed'; b.checked = true; c.value = 'two'</script>", (_, html) => html.Contains("\"typed\"", StringComparison.Ordinal) && html.Contains("checked=\"\"", StringComparison.Ordinal) && html.Contains("selected=\"\"", StringComparison.Ordinal)),
        new("18 redirect", "", (status, _) => status is >= 300 and < 400),
        new("20 worker", "<p id=p></p><script>new Worker('/worker.js').onmessage = (e) => p.textContent = e.data</script>", Has(">from the worker<")),
        new("22 content below the fold", "<div style='height:5000px'></div><p id=p></p><script>new IntersectionObserver(([e]) => { if (e.isIntersecting) p.textContent = 'seen'; }).observe(p)</script>", Has(">seen<")),
        new("27 text that ends a script", "<script type=application/ld+json id=d></script><script>d.textContent = JSON.stringify({ review: '</scr' + 'ipt><im' + 'g src=x>' })</script>", HasNot("<img")),
        new("27 text that ends a comment", "<p>text</p><script>document.body.append(document.createComment('--' + '><img src=x>'))</script>", (_, html) => !html.Split("</script>")[^1].Contains("--><img", StringComparison.Ordinal)),
    ];

    public string Path => "/" + Name.Replace(' ', '-').Replace(".", "-", StringComparison.Ordinal);

    /// <summary>Serves all of them.</summary>
    public static void Map(WebApplication app)
    {
        foreach (var page in All)
        {
            app.MapGet(page.Path, () => page.Body.Length == 0 ? Results.Redirect("/elsewhere") : Results.Content($"<!doctype html>{page.Body}", "text/html"));
        }

        app.MapGet("/elsewhere", () => Results.Content("<!doctype html><p>elsewhere", "text/html"));
        app.MapGet("/base.css", () => Results.Text("p { margin: 0 }", "text/css"));
        app.MapGet("/worker.js", () => Results.Text("postMessage('from ' + 'the worker')", "text/javascript"));
        app.MapGet("/stream", async (HttpContext http) =>
        {
            http.Response.ContentType = "text/event-stream";
            await http.Response.WriteAsync("data: 1\n\n", http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            await Task.Delay(TimeSpan.FromMinutes(1), http.RequestAborted);
        });
    }

    private static Func<int, string, bool> Has(string text) => (_, html) => html.Contains(text, StringComparison.Ordinal);

    private static Func<int, string, bool> HasNot(string text) => (_, html) => html.Length > 0 && !html.Contains(text, StringComparison.Ordinal);
}
