using System.Text.Json;
using Fleet.Contracts;
using Fleet.Tests.Docs;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Rendering;

/// <summary>A captured document, parsed again, has nothing that the page did not have: text stays text, and inert content stays inert. Corpus and random trees take
/// the real way, from a page in the server's Chromium to a document in a visitor's.</summary>
[Collection(HostilePageCollection.Name)]
public sealed class HostileContentTests(ServerFixture server, VisitorBrowser visitor) : IClassFixture<VisitorBrowser>
{
    private static readonly string s_corpus = File.ReadAllText(Repository.File("Tests/Integration/Rendering/HostileCorpus.js"));
    private static readonly string s_trees = File.ReadAllText(Repository.File("Tests/Integration/Rendering/HostileTrees.js"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Html_Corpus_IsUnchangedAndRunsNothing()
    {
        var html = await CaptureAsync(s_corpus, "hostileCorpus.build();");
        await HoldsAsync<string[]>(html, s_corpus, "hostileCorpus.broken()", broken => broken.Length == 0 ? null : $"Broken: {string.Join(", ", broken)}");
    }

    // Each run adds a new random seed.
    public static TheoryData<int> Seeds => [1, 43, 521, Random.Shared.Next()];

    [Theory, MemberData(nameof(Seeds))]
    public async Task Html_AnyTree_RoundTripsWithoutAdditions(int seed)
    {
        var built = new TaskCompletionSource<string>();
        var html = await CaptureAsync(s_trees, $"report(hostileTrees.build({seed}, false));", built);
        var source = await built.Task.WaitAsync(Token);
        await HoldsAsync<string[]>(html, s_trees, $"hostileTrees.check(document, {source})", problems => problems.Length == 0 ? null : $"Seed {seed}: {string.Join('\n', problems)}");
    }

    [Theory, MemberData(nameof(Seeds))]
    public async Task Html_TreeThatHtmlCanExpress_RoundTripsUnchanged(int seed)
    {
        var built = new TaskCompletionSource<string>();
        var html = await CaptureAsync(s_trees, $"report(hostileTrees.build({seed}, true));", built);
        var source = await built.Task.WaitAsync(Token);
        var expected = JsonDocument.Parse(source).RootElement.GetProperty("dump").GetString()!.Split('\n');
        await HoldsAsync<string>(html, s_trees, "hostileTrees.dump(document)", dump =>
        {
            var seen = dump.Split('\n');
            var at = expected.Zip(seen).TakeWhile(pair => pair.First == pair.Second).Count();
            return expected.SequenceEqual(seen) ? null
                : $"Seed {seed} differs in line {at}:\n{string.Join('\n', expected.Skip(at - 2).Take(5))}\nis\n{string.Join('\n', seen.Skip(at - 2).Take(5))}";
        });
    }

    [Theory]
    // Titles, heads and content around the body.
    [InlineData("document.title = evil('</title>'); document.documentElement.title = evil('\">'); document.head.append(Object.assign(document.createElement('meta'), { content: evil('\">') }))",
        "document.title === evil('</title>') && document.documentElement.title === evil('\">') && [...document.head.children].some((e) => e.content === evil('\">'))")]
    // A doctype that contains markup.
    [InlineData("document.doctype.replaceWith(document.implementation.createDocumentType('html', evil('\">'), ''))", "document.compatMode === 'CSS1Compat'")]
    [InlineData("document.doctype.replaceWith(document.implementation.createDocumentType('html', '-//W3C//DTD XHTML 1.0 Transitional//EN', 'http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd'))",
        "document.doctype.publicId.includes('XHTML') && document.doctype.systemId.endsWith('.dtd')")]
    // In a frameset, scripts are no scripts to the parser.
    [InlineData("const set = document.createElement('frameset'); set.append(Object.assign(document.createElement('script'), { text: `void '<frame src=javascript:parent.ran(2)>'` }), evil('<frame src=\"javascript:parent.ran(3)\">'), document.createElement('frame')); document.body.replaceWith(set)",
        "document.body.localName === 'frameset' && document.body.children.length === 1")]
    [InlineData("document.head.append(document.createElement('frameset')); document.body.append(document.createElement('frameset'), Object.assign(document.createElement('script'), { text: `void '<frame src=javascript:parent.ran(4)>'` }))", "document.body.localName === 'body' && document.scripts.length === 1")]
    [InlineData("document.documentElement.append(Object.assign(document.createElement('body'), { title: evil('') }), document.createElement('head'))", "document.body.title === '' && document.querySelectorAll('body').length === 1")]
    [InlineData("document.head.remove(); const s = new CSSStyleSheet(); s.replaceSync(`b::after { content: \"${evil('</style>')}\" }`); document.adoptedStyleSheets = [s]", "document.querySelector('style').sheet.cssRules.length === 1")]
    // Element names that shadow members of the document.
    [InlineData("const body = document.body; for (const name of ['querySelectorAll', 'documentElement', 'head', 'body', 'doctype', 'adoptedStyleSheets', 'createElement']) body.append(Object.assign(document.createElement('img'), { name })); body.append(evil('clobbered'))",
        "document.images.length === 7 && document.querySelector('body').textContent.includes(evil('clobbered'))")]
    // Built-ins that a library has replaced.
    [InlineData("Array.prototype.toJSON = String.prototype.toJSON = function () { return 'x'; }; JSON.stringify = () => '{}'; document.body.append(evil('replaced'))", "document.body.textContent.includes(evil('replaced'))")]
    [InlineData("document.body.append(evil('replaced')); String.prototype.replace = String.prototype.slice = String.prototype.indexOf = String.prototype.charCodeAt = RegExp.prototype.exec = () => ''; Element.prototype.getAttributeNames = () => []; Reflect.apply = Function.prototype.call = Function.prototype.apply = () => null; Object.defineProperty(Node.prototype, 'firstChild', { get: () => null }); Object.defineProperty(Text.prototype, 'data', { get: () => '<b>' })",
        "document.body.textContent.includes(evil('replaced')) && document.body.id === 'body'")]
    // Nothing of the capture can be replaced either.
    [InlineData("try { globalThis.__fleetCapture = () => ({ url: location.href, html: '<img src=x onerror=ran(5)>' }) } catch { } globalThis.fleetHtml = () => '<img src=x onerror=ran(6)>'; document.body.append('own')", "document.body.textContent.includes('own')")]
    public async Task Html_WholeDocument_RunsNothingAndIsWhatItWas(string make, string holds)
    {
        const string Evil = "globalThis.evil = (text) => `${text}<img src=x onerror=ran(1)>`;";
        var html = await CaptureAsync(Evil, make);
        await HoldsAsync<bool>(html, Evil, holds, isSo => isSo ? null : $"Expected {holds}");
    }

    [Theory]
    [InlineData("image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'><title>&lt;/title>&lt;img src=x onerror=ran(1)></title><style>/*&lt;/style>&lt;img src=x onerror=ran(2)>*/</style></svg>", "document.querySelector('svg > title').textContent.startsWith('</title>')")]
    [InlineData("application/xhtml+xml", "<html xmlns='http://www.w3.org/1999/xhtml'><head><title>t</title></head><body><p><![CDATA[<img src=x onerror=ran(3)>]]></p><IMG src='x' onerror='ran(4)'/><plaintext>a</plaintext></body></html>", "document.querySelector('p').textContent.startsWith('<img') && document.images.length === 0")]
    [InlineData("application/xhtml+xml", "<html xmlns='http://www.w3.org/1999/xhtml'><body><p>p</p></body></html>", "document.compatMode === 'CSS1Compat'")]
    [InlineData("text/plain", "<img src=x onerror=ran(5)>", "document.body.textContent.includes('<img')")]
    public async Task Html_DocumentThatIsNoHtml_IsWrittenAsSome(string type, string body, string holds)
    {
        var path = $"/other-{Guid.NewGuid():N}";
        server.OtherApp.Routes[path] = http =>
        {
            // Any other status is that of a page, which these types are not.
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            http.Response.ContentType = type;
            return http.Response.WriteAsync(body);
        };
        var result = await server.RenderAsync(new() { Url = server.OtherApp[path].AbsoluteUri }, Token);
        await HoldsAsync<bool>(result.Formats[RenderFormat.Html], "", holds, isSo => isSo ? null : $"Expected {holds}");
    }

    // Screenshots and later captures show the unchanged page; custom elements and observers are not notified.
    [Fact]
    public async Task Html_Capturing_ChangesNothingInThePage()
    {
        var path = $"/unchanged-{Guid.NewGuid():N}";
        var changes = 0;
        server.OtherApp.Routes[path + "-changed"] = _ =>
        {
            Interlocked.Increment(ref changes);
            return Task.CompletedTask;
        };
        server.OtherApp.Page(path, $$"""
            <!doctype html><style id=s></style><input id=i><textarea id=t></textarea><select><option>a</option></select><script>
            s.sheet.insertRule('b { color: red }'); i.value = 'typed'; t.value = 'typed';
            const sheet = new CSSStyleSheet(); sheet.replaceSync('i { color: red }'); document.adoptedStyleSheets = [sheet];
            new MutationObserver(() => { const x = new XMLHttpRequest(); x.open('POST', '{{path}}-changed', false); x.send(); }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
            </script>
            """);
        var result = await server.RenderAsync(new() { Url = server.OtherApp[path].AbsoluteUri }, Token);
        Assert.Contains("b { color: red; }", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
        Assert.Contains("i { color: red }", result.Formats[RenderFormat.Html], StringComparison.Ordinal);
        // The next visit begins when this one's page is left, so a request has been sent by then.
        await server.RenderPageAsync("<p>next</p>");
        Assert.Equal(0, changes);
    }

    [Fact]
    public async Task FleetHtml_OfAHostsRoot_IsWrittenTheSameWay()
    {
        var result = await server.RenderPageAsync("""
            <body><div id=root></div><p id=out></p><script>
            root.append(Object.assign(document.createElement('script'), { type: 'application/ld+json', text: '"<\/script><b>"' }), 'a < b');
            out.title = fleetHtml(root);
            </script>
            """);
        using var document = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(result.Formats[RenderFormat.Html]);
        Assert.Equal("<script type=\"application/ld+json\">\"\\u003c/script>\\u003cb>\"</script>a &lt; b", document.QuerySelector("#out")!.GetAttribute("title"));
    }

    /// <summary>Opens the captured document without scripts and with them: nothing runs, and the page's answer is as expected.</summary>
    private async Task HoldsAsync<T>(string html, string script, string question, Func<T, string?> problemOf)
    {
        var problems = new List<string>();
        foreach (var withScripts in (bool[])[false, true])
        {
            var (result, ran) = await visitor.OpenAsync<T>(server.OtherApp, html, withScripts, script, question);
            if (ran.Count > 0 || problemOf(result) is not null)
            {
                problems.Add($"Scripts {(withScripts ? "on" : "off")}. Ran: {string.Join(", ", ran)}. {problemOf(result)}");
            }
        }

        Assert.True(problems.Count == 0, $"{string.Join('\n', problems)}\n{html}");
    }

    /// <summary>Captures a page that scripts have built, and which contains no script any more.</summary>
    private async Task<string> CaptureAsync(string library, string script, TaskCompletionSource<string>? reported = null)
    {
        var path = $"/hostile-{Guid.NewGuid():N}";
        server.OtherApp.Routes[path + ".js"] = http =>
        {
            http.Response.ContentType = "text/javascript; charset=utf-8";
            return http.Response.WriteAsync($$"""
                document.currentScript.remove();
                globalThis.ran = (what) => fetch('{{path}}-ran?' + what);
                globalThis.report = (built) => fetch('{{path}}-report', { method: 'POST', body: JSON.stringify(built) });
                {{library}}
                {{script}}
                """);
        };
        server.OtherApp.Routes[path + "-report"] = async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            reported?.TrySetResult(await reader.ReadToEndAsync(Token));
        };
        server.OtherApp.Page(path, $"<!doctype html><html><head><meta charset=\"utf-8\"><title>t</title></head><body id=\"body\"><script src=\"{path}.js\"></script></body></html>");
        var result = await server.RenderAsync(new() { Url = server.OtherApp[path].AbsoluteUri }, Token);
        Assert.True(result.Outcome == RenderOutcome.Rendered, $"{result.Outcome}: {result.Diagnostics}");
        // Scripts that run in the page itself are not caused by the capture.
        Assert.Equal(0, server.OtherApp.Hits(path + "-ran"));
        return result.Formats[RenderFormat.Html];
    }
}
