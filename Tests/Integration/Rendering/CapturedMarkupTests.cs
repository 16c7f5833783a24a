using AngleSharp.Html.Parser;
using Fleet.Contracts;
using Fleet.Tests.Browser;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Rendering;

/// <summary>The markup of a captured document includes what the page shows beyond its own markup, in a form that a parser reads back.</summary>
[Collection(ServerCollection.Name)]
public sealed class CapturedMarkupTests(ServerFixture server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Html_StateOutsideTheMarkup_IsCaptured()
    {
        var result = await server.RenderPageAsync("""
            <!doctype html><html><head><style id="s"></style></head><body>
            <input id="name"><input id="yes" type="checkbox"><input id="secret" type="password"><textarea id="text"></textarea>
            <select id="pick"><option>a</option><option>b</option></select><div id="open"></div><div id="closed"></div><script>
            document.getElementById('s').sheet.insertRule('.inserted { color: red }');
            const adopted = new CSSStyleSheet(); adopted.replaceSync('.adopted { color: blue }'); document.adoptedStyleSheets = [adopted];
            document.getElementById('name').value = 'typed'; document.getElementById('yes').checked = true;
            document.getElementById('secret').value = 'hidden'; document.getElementById('text').value = '</b>&'; document.getElementById('pick').value = 'b';
            document.getElementById('open').attachShadow({ mode: 'open' }).innerHTML = '<p>open root</p>';
            const root = document.getElementById('closed').attachShadow({ mode: 'closed' }); root.innerHTML = '<p>closed root</p>';
            const inner = new CSSStyleSheet(); inner.replaceSync('p { color: green }'); root.adoptedStyleSheets = [inner];
            </script></body></html>
            """);
        var html = Html(result);
        Assert.Contains(".inserted { color: red; }", html, StringComparison.Ordinal);
        Assert.Contains(".adopted { color: blue }", html, StringComparison.Ordinal);
        Assert.Contains("<template shadowrootmode=\"open\"><p>open root</p></template>", html, StringComparison.Ordinal);
        Assert.Contains("<template shadowrootmode=\"closed\"><p>closed root</p><style>p { color: green }</style></template>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("value=\"hidden\"", html, StringComparison.Ordinal);
        using var document = new HtmlParser().ParseDocument(html);
        Assert.Equal("typed", document.QuerySelector("#name")!.GetAttribute("value"));
        Assert.True(document.QuerySelector("#yes")!.HasAttribute("checked"));
        Assert.Equal("</b>&", document.QuerySelector("#text")!.TextContent);
        Assert.Equal("b", document.QuerySelector("option[selected]")!.TextContent);
    }

    [Fact]
    public async Task Html_ShadowRootsThatTheParserMade_AreCapturedAsThoseOfScripts()
    {
        var html = Html(await server.RenderPageAsync("""
            <!doctype html><html><body><x-a><template shadowrootmode="open" shadowrootdelegatesfocus><p>declared</p><slot></slot></template>light</x-a><div id="set"></div><script>
            document.getElementById('set').setHTMLUnsafe('<x-b><template shadowrootmode="open" shadowrootclonable shadowrootserializable><p>set</p></template></x-b>');
            </script></body></html>
            """));
        Assert.Contains("<x-a><template shadowrootmode=\"open\" shadowrootdelegatesfocus=\"\"><p>declared</p><slot></slot></template>light</x-a>", html, StringComparison.Ordinal);
        Assert.Contains("<x-b><template shadowrootmode=\"open\" shadowrootserializable=\"\" shadowrootclonable=\"\"><p>set</p></template></x-b>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Html_ElementsThatWouldEndTheHead_AreNotInIt()
    {
        var html = Html(await server.RenderPageAsync("""
            <!doctype html><head><title>Title</title><script>
            document.head.append(document.createElement('iframe'), new Image(), 'lost', document.createElement('x-tag'), document.createElementNS('http://www.w3.org/2000/svg', 'svg'));
            </script><link rel=canonical href=/x><meta name=robots content=noindex></head><body><iframe></iframe><p>page</p>
            """));
        Assert.Contains("</script><link rel=\"canonical\" href=\"/x\"><meta name=\"robots\" content=\"noindex\"></head><body><iframe></iframe>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Html_RulesThatNoElementHas_AreWritten()
    {
        var html = Html(await server.RenderPageAsync("""
            <!doctype html><body><svg><style id=inserted></style><style id=off>rect { fill: red }</style></svg><math><style>mi { color: red }</style></math><script>
            CSS.registerProperty({ name: '--w', syntax: '<length>', inherits: false, initialValue: '99px' });
            inserted.sheet.insertRule('circle { fill: blue }'); off.sheet.disabled = true;
            document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: URL.createObjectURL(new Blob(['p { color: red }'], { type: 'text/css' })) }));
            </script>
            """));
        Assert.Contains("<style id=\"inserted\">circle { fill: blue; }</style>", html, StringComparison.Ordinal);
        Assert.Contains("<style id=\"off\" media=\"not all\">rect { fill: red }</style>", html, StringComparison.Ordinal);
        Assert.Contains("@property --w { syntax: \"\\3c length>\"; inherits: false; initial-value: 99px; }", html, StringComparison.Ordinal);
        Assert.Contains("<link rel=\"stylesheet\" media=\"not all\"><style>p { color: red; }</style>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Html_ImageThatOnlyThePageHas_HasItsData()
    {
        var html = Html(await server.RenderPageAsync("""
            <img id=i><p id=p></p><script>
            i.onload = () => { URL.revokeObjectURL(i.src); p.textContent = 'loaded'; };
            i.src = URL.createObjectURL(new Blob(["<svg xmlns='http://www.w3.org/2000/svg' width='4' height='3'><rect width='4' height='2' fill='green'/></svg>"], { type: 'image/svg+xml' }));
            </script>
            """));
        Assert.Contains("loaded</p>", html, StringComparison.Ordinal);
        Assert.Contains("src=\"data:image/svg+xml;base64,", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Html_WhatIsNoImageOrFont_StaysABlobUrl()
    {
        var html = Html(await server.RenderPageAsync("""
            <!doctype html><video id=video></video><a id=a>a</a><p id=p></p><p id=q></p><img id=large alt=""><script>
            const url = (data, type) => URL.createObjectURL(new Blob([data], { type }));
            video.poster = url('x', 'image/png'); a.href = url('<svg/>', 'image/svg+xml');
            document.body.append(Object.assign(document.createElement('iframe'), { src: url('<p>frame</p>', 'text/html') }), Object.assign(document.createElement('script'), { src: url('0', '') }));
            p.style.backgroundImage = `url(${url('x', 'image/png"),url(evil:')})`; q.style.backgroundImage = `url(${url('x', 'text/html')})`;
            large.src = url('x'.repeat(1_000_001), 'image/png');
            </script>
            """));
        Assert.Contains("poster=\"data:image/png;base64,eA==\"", html, StringComparison.Ordinal);
        foreach (var kept in (string[])["href=\"blob:", "<iframe src=\"blob:", "<script src=\"blob:", "<p id=\"p\" style=\"background-image: url(&quot;blob:", "<p id=\"q\" style=\"background-image: url(&quot;blob:", "alt=\"\" src=\"blob:"])
        {
            Assert.Contains(kept, html, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("windows-1252", "<meta charset=windows-1252>", "<meta charset=\"utf-8\">")]
    [InlineData("iso-8859-1", "<meta http-equiv=content-type content='text/html; charset=iso-8859-1'>", "content=\"text/html; charset=utf-8\"")]
    public async Task Html_DocumentInAnotherEncoding_IsReadAndNamesUtf8(string encoding, string meta, string expected)
    {
        var path = $"/encoding-{encoding}";
        server.OtherApp.Routes[path] = http =>
        {
            http.Response.ContentType = "text/html";
            return http.Response.Body.WriteAsync(System.Text.Encoding.Latin1.GetBytes($"<!doctype html>{meta}<p>Gr\u00fc\u00dfe</p>")).AsTask();
        };
        var html = Html(await server.RenderAsync(new() { Url = server.OtherApp[path].AbsoluteUri }, Token));
        Assert.Contains("<p>Gr\u00fc\u00dfe</p>", html, StringComparison.Ordinal);
        Assert.Contains(expected, html, StringComparison.Ordinal);
    }

    private static string Html(RenderResult result) => result.Formats[RenderFormat.Html];
}
