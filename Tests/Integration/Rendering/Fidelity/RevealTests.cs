using Fleet.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Rendering.Fidelity;

/// <summary>Content that waits to be scrolled to is captured, and the page is at its top again.</summary>
[Collection(FidelityCollection.Name)]
public sealed class RevealTests(ServerFixture server)
{
    [Theory]
    [InlineData("<main style='height:4000px'></main>", "")]
    [InlineData("<main style='height:4000px'></main>", "html { scroll-behavior: smooth }")]
    [InlineData("<main style='height:4000px'></main>", "html, body { height: 100%; margin: 0; overflow: hidden } #app { height: 100%; overflow: auto }")]
    public async Task Html_ContentThatWaitsToBeScrolledTo_IsCaptured(string space, string css)
    {
        server.OtherApp.Routes["/data"] = async http =>
        {
            await Task.Delay(1_000, http.RequestAborted);
            await http.Response.WriteAsync("the data");
        };
        server.OtherApp.Routes["/pixel.svg"] = http =>
        {
            http.Response.ContentType = "image/svg+xml";
            return http.Response.WriteAsync("<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>");
        };
        var result = await server.RenderPageAsync($$"""
            <!doctype html><style>{{css}}</style><div id=app><h1>Top</h1>{{space}}<p id=late></p><img id=lazy loading=lazy src=/pixel.svg width=10 height=10></div><script>
            new IntersectionObserver((entries, o) => { if (entries.some((e) => e.isIntersecting)) { o.disconnect(); fetch('/data').then((r) => r.text()).then((t) => { late.textContent = t; }); } }, { threshold: 1 }).observe(lazy);
            lazy.onload = () => { lazy.title = 'loaded'; };
            addEventListener('scroll', () => { document.documentElement.dataset.top = scrollY; });
            </script>
            """);
        Assert.Contains("<p id=\"late\">the data</p>", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
        Assert.Contains("title=\"loaded\"", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
        Assert.Contains("loading=\"lazy\"", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
        // The page is scrolled to its top again.
        Assert.DoesNotContain("data-top=\"1", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
        Assert.Equal("settled", result.Diagnostics!.Stability);
    }

    [Theory]
    [InlineData("", "addEventListener('scroll', look)", true)]
    [InlineData("", "document.addEventListener('scroll', look, { passive: true })", true)]
    [InlineData("", "window.onscroll = look", true)]
    [InlineData("", "document.addEventListener('scrollend', look)", true)]
    [InlineData("#app { height: 100vh; overflow: auto } body { margin: 0 }", "app.addEventListener('scroll', look)", true)]
    [InlineData("#app { height: 200px; overflow: auto }", "new IntersectionObserver((e) => { if (e.some((x) => x.isIntersecting)) look(); }, { root: app }).observe(late)", true)]
    [InlineData("", "document.onscroll = look", true)]
    [InlineData("", "window.onscrollend = look", true)]
    [InlineData("", "globalThis.look = look; document.body.setAttribute('onscroll', 'look()')", true)]
    [InlineData("#app { height: 100vh; overflow: auto } body { margin: 0 }", "app.onscroll = look", true)]
    [InlineData("#app { height: 100vh; overflow: auto } body { margin: 0 }", "globalThis.look = look; app.setAttribute('onscroll', 'look()')", true)]
    [InlineData("#late { content-visibility: auto }", "late.addEventListener('contentvisibilityautostatechange', (e) => { if (!e.skipped) late.textContent = 'the data'; })", true)]
    [InlineData("#late { content-visibility: auto }", "late.oncontentvisibilityautostatechange = (e) => { if (!e.skipped) late.textContent = 'the data'; }", true)]
    // React listens in its root for all events while they are captured.
    [InlineData("", "document.addEventListener('scroll', look, true)", false)]
    public async Task Html_ContentThatWaitsForAScrollEvent_IsCaptured(string css, string listen, bool isThere)
    {
        var result = await server.RenderPageAsync($$"""
            <!doctype html><style>{{css}}</style><div id=app><h1>Top</h1><main style='height:3000px'></main><p id=late>later</p></div><script>
            const look = () => { if (late.getBoundingClientRect().top < Math.min(innerHeight, app.getBoundingClientRect().bottom)) late.textContent = 'the data'; };
            {{listen}};
            </script>
            """);
        Assert.Equal(isThere, result.Formats[RenderFormat.Html].Contains("<p id=\"late\">the data</p>", StringComparison.Ordinal));
        Assert.Equal("settled", result.Diagnostics!.Stability);
    }

    /// <summary>The document does not scroll, or only a little: an element does.</summary>
    [Theory]
    [InlineData("<div id=app><main></main>LATE</div><dialog open style='position:fixed; inset:0; width:100vw; height:100vh; overflow:auto'><p style='height:900px'>Accept cookies</p></dialog>")]
    [InlineData("<div id=app><nav style='height:100px; overflow:auto'><p style='height:2000px'></p></nav><main></main>LATE</div>")]
    [InlineData("<div id=app><main></main>LATE</div><footer style='height:60px'></footer>")]
    [InlineData("<style>html { overflow: hidden } body { overflow: auto }</style><main></main>LATE")]
    [InlineData("<x-app data-mode=open><main></main>LATE</x-app>")]
    [InlineData("<x-app data-mode=closed><main></main>LATE</x-app>")]
    [InlineData("<x-app data-mode=open data-inner='<x-app data-mode=closed><slot></slot></x-app>'><main></main>LATE</x-app>")]
    [InlineData("<div><template shadowrootmode=open><style>#app { height: 100vh; overflow: auto }</style><div id=app><slot></slot></div></template><main></main>LATE</div>")]
    public async Task Html_ContentBelowTheFoldOfAnElement_IsCaptured(string body)
    {
        const string Late = "<p id=late></p><img id=lazy loading=lazy src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>\">";
        var result = await server.RenderPageAsync($$"""
            <!doctype html><style>html, body { height: 100%; margin: 0 } #app { height: 100%; overflow: auto } main { height: 3000px }</style><body>{{body.Replace("LATE", Late, StringComparison.Ordinal)}}<script>
            customElements.define('x-app', class extends HTMLElement {
              connectedCallback() {
                this.attachShadow({ mode: this.dataset.mode }).innerHTML = this.dataset.inner ?? '<style>div { height: 100vh; overflow: auto }</style><div><slot></slot></div>';
              }
            });
            new IntersectionObserver((entries) => { if (entries.some((e) => e.isIntersecting)) late.textContent = 'the data'; }).observe(late);
            lazy.onload = () => { lazy.title = 'loaded'; };
            </script>
            """);
        Assert.Contains("<p id=\"late\">the data</p>", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
        Assert.Contains("title=\"loaded\"", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
        Assert.Equal("settled", result.Diagnostics!.Stability);
    }

    [Fact]
    public async Task Html_LazyImageInAShadowTree_IsLoaded()
    {
        var result = await server.RenderPageAsync("""
            <!doctype html><x-a></x-a><p id=late></p><script>
            const root = document.querySelector('x-a').attachShadow({ mode: 'closed' });
            root.innerHTML = `<div style="height:5000px"></div><img loading=lazy src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>">`;
            root.querySelector('img').onload = () => { late.textContent = 'the data'; };
            </script>
            """);
        Assert.Contains("<p id=\"late\">the data</p>", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Html_PageThatGrowsWhenItIsScrolled_IsBounded()
    {
        var result = await server.RenderPageAsync("""
            <!doctype html><ul id=list></ul><p id=end>end</p><script>
            const add = () => { for (let i = 0; i < 20; i++) list.append(Object.assign(document.createElement('li'), { textContent: 'item', style: 'height:100px' })); };
            add();
            new IntersectionObserver((entries) => { if (entries.some((e) => e.isIntersecting)) add(); }).observe(end);
            </script>
            """);
        Assert.Equal("settled", result.Diagnostics!.Stability);
        Assert.InRange(result.Formats[RenderFormat.Html].Split("<li").Length - 1, 20, 200);
    }
}
