using System.Globalization;
using Fleet.Tests.Browser;
using Fleet.Tests.Docs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fleet.Tests.Rendering.Fidelity;

/// <summary>Traits of a page to which some checks do not apply.</summary>
[Flags]
internal enum PageTraits
{
    None = 0,

    /// <summary>It looks different each time, such as an animation or a page that shows the headers of its request.</summary>
    Varies = 1,

    /// <summary>It redirects and has no content.</summary>
    Redirects = 2,
}

/// <summary>A page of the corpus.</summary>
/// <param name="App">Folder of its files below <c>Corpus</c>, or the page's HTML.</param>
/// <param name="Target">Path and query, as in the request line. A path that is no file is a route of <c>index.html</c>.</param>
/// <param name="Text">Text of the complete page; empty where it has none.</param>
/// <param name="Traits">Traits by which some checks do not apply.</param>
internal sealed record CorpusPage(string App, string Target, string Text, PageTraits Traits = PageTraits.None, int Status = 200, string? Location = null)
{
    public string Name => $"{(App.StartsWith('<') ? "inline" : App)}{Target}";
}

/// <summary>Pages for all checks of fidelity: situations that users of prerender services have reported, pages that combine features, and generated ones.</summary>
internal static class Corpus
{
    private const string Data = "Data from the API";

    /// <summary>Parts that scripts build, each with what no HTML text has until it is captured.</summary>
    private static readonly string[] s_parts =
    [
        "const s = at.appendChild(document.createElement('style')); s.sheet.insertRule('.k { color: rgb(K, 0, 0) }'); at.append(make('p', 'inserted', 'k'));",
        "const a = new CSSStyleSheet(); a.replaceSync('.aK { margin: Kpx }'); sheets.push(a); at.append(make('p', 'adopted', 'aK'));",
        "const r = at.appendChild(make('div', '')).attachShadow({ mode: K % 2 ? 'open' : 'closed' }); r.append(make('p', 'in a root')); r.append(document.createElement('slot'));",
        "const i = at.appendChild(make('input', '')); i.value = 'value K < \"&';",
        "const o = at.appendChild(make('select', '')); for (let n = 0; n < 3; n++) o.append(make('option', 'o' + n)); o.selectedIndex = K % 3;",
        "const t = at.appendChild(document.createElement('table')); for (let n = 0; n < 2; n++) t.insertRow().insertCell().textContent = 'K & <b>';",
        "at.append(make('pre', '\\nK'), make('textarea', '\\n\\nK'));",
        "at.insertAdjacentHTML('beforeend', '<svg width=K height=20><g><rect width=5 height=5 fill=red /></g></svg>');",
        "const c = at.appendChild(make('input', '')); c.type = 'checkbox'; c.checked = K % 2 === 0;",
        "at = at.appendChild(make('section', 'K', 'k'));",
        "setTimeout(() => document.body.append(make('p', 'late K')), K);",
        "const d = document.head.appendChild(document.createElement('style')); d.textContent = 'p { border-top: Kpx solid }'; d.sheet.disabled = K % 2 === 0;",
        // Text that ends the element it is in.
        "at.append(Object.assign(document.createElement('script'), { type: 'application/json', text: JSON.stringify('<\\/script>' + evil) }), make('p', evil));",
        "at.append(make(['iframe', 'noscript', 'noembed', 'title', 'textarea', 'style', 'xmp', 'template'][K % 8], '</' + ['iframe', 'noscript', 'noembed', 'title', 'textarea', 'style', 'xmp', 'template'][K % 8] + '>' + evil));",
        "at.append(document.createComment('-->' + evil), document.createComment('->' + evil + '--!>'));",
        "at.append('a ', 'K', ' b', document.createComment(''), '<b>');",
        // Rules in blocks.
        "const g = document.head.appendChild(document.createElement('style')); g.textContent = ['@media screen', '@supports (display: grid)', '@layer lK'][K % 3] + ' { .gK { margin: var(--none, Kpx); margin-left: 2px } .hK { color: red } }'; g.sheet.cssRules[0].insertRule('.gK { color: rgb(0, K, 0) }', 1); if (K % 2) g.sheet.cssRules[0].deleteRule(2); at.append(make('p', 'g', 'gK'), make('p', 'h', 'hK'));",
        "const w = at.appendChild(make('div', '')).attachShadow({ mode: 'open' }), y = new CSSStyleSheet(); w.adoptedStyleSheets = [y]; w.append(make('p', 'styled')); y.replaceSync('p { color: rgb(0, 0, K) }'); y.cssRules[0].style.fontSize = '1Kpx';",
        // Shorthands with variables in rules that scripts insert.
        "const v = document.head.appendChild(document.createElement('style')); v.textContent = '.vK { --v: Kpx; & b { color: red } }'; (K % 2 ? v.sheet.cssRules[0] : v.sheet).insertRule(['.vK', '@media screen { .vK', '@layer v { .vK'][K % 3] + ' { padding: var(--v); padding-left: 2px } }', 1); const q = at.appendChild(make('p', 'v', 'vK')); q.style.border = 'var(--v) solid'; q.style.borderTopWidth = '3px';",
    ];

    private static readonly int[] s_seeds = [3, 11, 29, 1665013336];

    private static readonly string[] s_inline =
    [
        // Sheets that are disabled, or have other media than their element says.
        """
        <!doctype html><style id=off>p { color: red }</style><style id=print>p { font-size: 40px }</style><style id=screen media=print>p { margin: 3px }</style>
        <link rel=stylesheet href=/base.css id=link><p class=base>text</p><script>
        off.sheet.disabled = true; print.sheet.media.mediaText = 'print'; screen.sheet.media.mediaText = 'screen'; link.sheet.disabled = true;
        const a = new CSSStyleSheet({ media: 'print' }); a.replaceSync('p { color: blue }');
        const b = new CSSStyleSheet({ disabled: true }); b.replaceSync('p { color: green }');
        const c = new CSSStyleSheet({ media: 'screen' }); c.replaceSync('p { border-top: 2px solid }'); document.adoptedStyleSheets = [a, b, c];
        </script>
        """,
        // Rules that were inserted into the sheets of style and link elements, and adopted ones.
        """
        <!doctype html><head><link rel=stylesheet href=/base.css></head><body><div id=root></div><script>
        const s = document.head.appendChild(document.createElement('style'));
        s.sheet.insertRule('.box { background: rgb(255, 0, 0); width: 400px; height: 40px; }', 0);
        document.styleSheets[0].insertRule('.late { background: rgb(0, 255, 0) }', document.styleSheets[0].cssRules.length);
        const a = new CSSStyleSheet(); a.replaceSync('.adopted { background: rgb(0, 0, 255); height: 20px; }'); document.adoptedStyleSheets = [a];
        root.innerHTML = '<div class="box">red</div><div class="late base">green</div><div class="adopted">blue text</div>';
        </script>
        """,
        // Shorthands with variables, whose rule text is not all of them, beside an inserted rule.
        """
        <!doctype html><style id=s>:root { --m: 4px 8px } p { margin: var(--m); margin-left: 20px; } /* end */</style><p>text</p><b>b</b><script>s.sheet.insertRule('b { color: rgb(1, 2, 3) }', s.sheet.cssRules.length)</script>
        """,
        // The same in rules that scripts insert, as those of CSS-in-JS, wherever they do, and in styles that they set.
        """
        <!doctype html><head><style>:root { --m: 12px; --b: 3px solid red }</style><style id=s>.c { color: blue; & i { color: red } } @layer x { .z { color: red } }</style><link rel=stylesheet href=/base.css id=l></head><body><p class=a>text</p><p class=b>text</p><p class=base>text</p><p class=c>text <b>b</b></p><p class=d>text</p><x-a></x-a><p id=own>text</p>
        <svg width=20 height=20><rect id=r width=20 height=20 /></svg><script>
        const twice = (name) => `${name} { padding: var(--m); padding-left: 40px; border: var(--b); border-top-width: 9px; background: #ccc }`;
        s.sheet.insertRule(twice('.a'), 0); s.sheet.insertRule(`@media screen { @supports (display: grid) { ${twice('.b')} } }`, 1); s.sheet.cssRules[2].insertRule(twice('& b'), 0); s.sheet.cssRules[3].insertRule(twice('.d'), 1);
        onload = () => l.sheet.insertRule(twice('.base'), l.sheet.cssRules.length);
        const adopted = new CSSStyleSheet(); adopted.insertRule(twice('em')); document.adoptedStyleSheets = [adopted];
        const root = document.querySelector('x-a').attachShadow({ mode: 'open' }); root.innerHTML = '<em>text</em><style></style>'; root.adoptedStyleSheets = [adopted]; root.querySelector('style').sheet.addRule('em', 'margin: var(--m); margin-left: 1px');
        own.style.padding = 'var(--m)'; own.style.setProperty('padding-left', '40px', 'important'); r.style.background = 'var(--m)'; r.style.border = 'var(--b)'; r.style.borderTopWidth = '1px';
        </script>
        """,
        // The same in the styles of rules that scripts change.
        """
        <!doctype html><head><style>:root { --m: 12px 30px; --b: 3px solid red }</style><style id=s>.a {} @media screen { .b {} } .c { & b {} } i::before {}</style><link rel=stylesheet href=/base.css></head><body><p class=a>text</p><p class=b>text</p><p class=c>text <b>b</b></p><p class=base>text</p><i></i><x-a></x-a><script>
        const set = (rule) => { const { style } = rule; style.padding = 'var(--m)'; rule.style.paddingLeft = '44px'; style.setProperty('border', 'var(--b)', 'important'); style.setProperty('border-top-width', '9px', 'important'); style.background = '#ccc'; };
        const rules = s.sheet.cssRules; set(rules[0]); set(rules[1].cssRules[0]); set(rules[2]); rules[3].style.cssText = 'content: "x"; margin: var(--m); margin-top: 1px'; rules[3].style.marginTop = '3px'; onload = () => set(document.styleSheets[2].cssRules[0]);
        const adopted = new CSSStyleSheet(); adopted.replaceSync('em { display: block }'); const root = document.querySelector('x-a').attachShadow({ mode: 'closed' }); root.innerHTML = '<em>text</em>'; root.adoptedStyleSheets = [adopted]; set(adopted.cssRules[0]);</script>
        """,
        // Shadow roots of every origin.
        """
        <!doctype html><body><open-card><template shadowrootmode=open><style>p { color: green }</style><p>declared</p><slot></slot></template><span>light text</span></open-card>
        <x-open><template shadowrootmode=open><x-in><template shadowrootmode=closed><p>closed</p><x-deep><template shadowrootmode=closed><b>deep</b><slot></slot></template>light</x-deep><slot></slot></template>in</x-in><slot></slot></template>text</x-open><x-closed><template shadowrootmode=closed><x-last><template shadowrootmode=open><x-low><template shadowrootmode=closed><i>low</i></template></x-low></template></x-last></template></x-closed><closed-card><template shadowrootmode=closed><style>p { color: blue }</style><p>closed</p></template></closed-card><made-card></made-card><div id=set></div><div id=own></div><script>
        customElements.define('open-card', class extends HTMLElement { connectedCallback() { this.shadowRoot.querySelector('p').append(' (hydrated)'); } });
        customElements.define('made-card', class extends HTMLElement { connectedCallback() { this.attachShadow({ mode: 'open' }).innerHTML = '<p>made <b>b</b></p>'; } });
        set.setHTMLUnsafe('<late-card><template shadowrootmode=open><p>set</p></template></late-card>');
        own.attachShadow({ mode: 'closed' }).innerHTML = '<p>own</p><inner-card></inner-card>';
        </script>
        """,
        // State in the properties of form fields.
        """
        <!doctype html><input id=t><textarea id=a>old</textarea><input type=checkbox id=c><input type=radio name=r checked><input type=radio name=r id=rb>
        <select id=s><option value=1 selected>one</option><option value=2>two</option></select><p>text</p><script>t.value = 'typed'; a.value = 'new\ntext'; c.checked = true; rb.checked = true; s.value = '2';</script>
        """,
        // SVG, MathML, tables, entities, whitespace and nested lists that scripts build.
        """
        <!doctype html><body><script>
        document.body.innerHTML = '<svg viewBox="0 0 10 10" width=40><foreignObject width=10 height=10><p>in</p></foreignObject><rect width=5 height=5 /></svg><math><mi>x</mi></math><pre>\n\ntext</pre>';
        const t = document.body.appendChild(document.createElement('table')); t.insertRow().insertCell().textContent = '1 < 2 && "x"';
        const l = document.createElement('ul'); for (let i = 0; i < 3; i++) l.append(Object.assign(document.createElement('li'), { textContent: `item\u00a0${i}` })); document.body.append(l);
        document.body.append(Object.assign(document.createElement('p'), { title: '<a "b" \'c\' & d>' }), Object.assign(document.createElement('a'), { href: '/x?a=1&b=2', textContent: 'link' }));
        </script>
        """,
        // Inside shadow roots: inserted rules, adopted sheets, form fields and slots.
        """
        <!doctype html><body><x-form></x-form><script>
        customElements.define('x-form', class extends HTMLElement { connectedCallback() {
          const r = this.attachShadow({ mode: 'open' }); r.innerHTML = '<style></style><input id=i><slot name=a></slot><p>p</p>'; r.querySelector('style').sheet.insertRule('p { color: rgb(9, 9, 9) }');
          const s = new CSSStyleSheet(); s.replaceSync('p { font-size: 31px }'); r.adoptedStyleSheets = [s]; r.querySelector('input').value = 'typed';
          this.innerHTML = '<b slot=a>slotted text</b>'; } });
        </script>
        """,
        // Elements that an animation of a script has shown, and one that it still shows.
        """
        <!doctype html><style>p, i { display: block; background: #ccc }</style><p style="opacity: 0">fill</p><p style="opacity: 0">commit</p><p style="opacity: 0">alternate</p><p style="opacity: 0">long</p><p style="margin-left: 0px; opacity: 0">text</p><svg width=20 height=20><rect width=20 height=20 style="opacity: 0" /></svg>
        <x-root></x-root><script>
        const [fill, commit, alternate, long, property] = document.querySelectorAll('p');
        fill.animate({ opacity: 1 }, { duration: 200, fill: 'forwards' });
        commit.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 600, fill: 'both' }).finished.then((a) => { a.commitStyles(); a.cancel(); });
        alternate.animate([{ opacity: 1 }, { opacity: 0 }], { duration: 50, iterations: 2, direction: 'alternate', fill: 'forwards' });
        long.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 60_000, fill: 'both' });
        property.animate([{ opacity: 0, marginLeft: '1px' }, { opacity: 1, marginLeft: '44px' }], { duration: 1, fill: 'forwards' });
        document.querySelector('rect').animate({ opacity: .5 }, { duration: 1, fill: 'forwards' });
        const root = document.querySelector('x-root').attachShadow({ mode: 'closed' });
        root.innerHTML = '<i style="opacity: 0">in the root</i>';
        root.firstChild.animate({ opacity: 1 }, { duration: 1, fill: 'forwards' });
        </script>
        """,
        // Images and fonts that only the page has, wherever they are shown, beside what third parties put into a head, SVG and MathML.
        """
        <!doctype html><head><style>p { width: var(--w); background: #ccc }</style><style id=s></style></head><body><p id=inline style="height: 30px">text</p><b class=k>inserted</b><i class=l>adopted</i>
        <img id=i width=40 height=30 alt=""><img id=set width=40 height=30 alt=""><svg width=90 height=40><style>rect { fill: red }</style><style id=ins></style><image id=im width=40 height=30 /><rect x=50 width=20 height=20 /><circle cx=80 cy=20 r=9 /></svg><math><style>mi { color: red }</style><mi>x</mi></math><iframe width=50 height=20></iframe>
        <script>
        const url = (text, type = 'image/svg+xml') => URL.createObjectURL(new Blob([text], { type })); const svg = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='30'><rect width='40' height='30' fill='green'/></svg>";
        document.head.append(document.createElement('iframe'), new Image(), 'lost'); CSS.registerProperty({ name: '--w', syntax: '<length>', inherits: false, initialValue: '99px' });
        inline.style.background = `url(${url(svg)})`; s.sheet.insertRule(`.k { display: block; height: 30px; background: url(${url(svg)}) }`);
        const a = new CSSStyleSheet(); a.replaceSync(`.l { display: block; height: 30px; background: url('${url(svg)}') }`); document.adoptedStyleSheets = [a];
        i.src = url(svg); i.onload = () => URL.revokeObjectURL(i.src); set.srcset = `${url(svg)} 1x`; im.setAttribute('href', url(svg)); ins.sheet.insertRule('circle { fill: blue }');
        document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: url('p { color: green }', 'text/css') }));
        </script>
        """,
        // Adopted sheets apply after those of the body.
        """
        <!doctype html><p>text</p><style>p { color: red; font-size: 20px }</style><script>const a = new CSSStyleSheet(); a.replaceSync('p { color: blue; font-size: 40px }'); document.adoptedStyleSheets = [a];</script>
        """,
        // A policy that forbids inline styles forbids none of what scripts set through the CSSOM, and all that they do not.
        """
        <!doctype html><head><meta http-equiv=Content-Security-Policy content="default-src 'none'; script-src 'unsafe-inline'; style-src 'none'"></head><body><p id=p>text</p><i style="color: red">blocked</i><style>i { color: red }</style>
        <svg width=20 height=20><rect id=r width=20 height=20 /></svg><math><mi id=m>x</mi></math><div id=h></div><script>
        m.style.color = 'red'; p.style.cssText = 'background: red; width: 300px'; r.style.fill = 'green'; const a = new CSSStyleSheet(); a.replaceSync('p { color: green; font-size: 50px }'); document.adoptedStyleSheets = [a];
        const root = h.attachShadow({ mode: 'open' }), b = new CSSStyleSheet(); root.innerHTML = '<p style="color: red">in the root</p><style>p { color: red }</style>'; b.replaceSync('p { font-size: 9px }'); root.adoptedStyleSheets = [b];
        </script>
        """,
        """
        <!doctype html><head><meta http-equiv=Content-Security-Policy content="style-src 'nonce-x' 'self'"><meta http-equiv=Content-Security-Policy content="style-src 'unsafe-inline' 'self'"><style nonce=x id=s>p { color: red }</style><link rel=stylesheet href=/base.css></head>
        <body><p id=p class=base>text</p><script>s.sheet.insertRule('p { background: blue }', 1); p.style.width = '200px'; document.styleSheets[1].insertRule('p { height: 50px }');</script>
        """,
        // Media, layers and containers.
        """
        <!doctype html><style>@layer a, b; @layer b { p { color: rgb(1, 1, 1) } } @layer a { p { color: rgb(2, 2, 2) } } @media (min-width: 1px) { p { margin: 7px } } @supports (display: grid) { p { font-size: 21px } } p::before { content: "<b>" }</style><p>text</p>
        <script>document.styleSheets[0].insertRule('@media screen { i { color: rgb(5, 5, 5) } }', document.styleSheets[0].cssRules.length); document.body.append(Object.assign(document.createElement('i'), { textContent: 'i' }))</script>
        """,
    ];

    public static IReadOnlyList<CorpusPage> Pages { get; } =
    [
        new("inserted-rules", "/", "red box"),
        new("inserted-rules", "/link.html", "box"),
        new("changed-rules", "/", "container"),
        new("changed-linked-rules", "/", "declaration"),
        new("adopted-sheets", "/", "in the root"),
        new("shadow-roots", "/", "light child"),
        new("state", "/?lang=de", "Willkommen; localStorage 1, cookie 1, sessionStorage 1"),
        new("state", "/", "Welcome; localStorage 1, cookie 1, sessionStorage 1"),
        new("language-app", "/de", "Willkommen"),
        new("language-app", "/home", "Welcome"),
        new("appending-app", "/", "Product"),
        new("package-app", "/package/lodash.debounce", "/package/lodash.debounce"),
        new("redirecting-app", "/meta-only", "", PageTraits.Redirects, 301, "/new"),
        new("redirecting-app", "/meta-and-replace", "", PageTraits.Redirects, 301, "/new"),
        new("redirecting-app", "/meta-and-external", "", PageTraits.Redirects, 301, "https://external.example/new"),
        new("redirecting-app", "/replace", "", PageTraits.Redirects, 302, "/new/page"),
        new("redirecting-app", "/refresh", "", PageTraits.Redirects, 302, "/new/page"),
        new("redirecting-app", "/new/page", "The new page"),
        new("animation", "/", "Content is here at once", PageTraits.Varies),
        new("restless-app", "/animated", "Content is complete", PageTraits.Varies),
        new("restless-app", "/clock", "Content is complete", PageTraits.Varies),
        new("form", "/", "two"),
        .. from kind in (string[])["shared", "fetching"] select new CorpusPage("workers", $"/idleworker.html?k={kind}", "Static content"),
        .. from kind in (string[])["worker", "iframe"] select new CorpusPage("workers", $"/?k={kind}", Data),
        new("map-app", "/map", "Content is complete"),
        new("page-size", "/", "Label"),
        new("below-the-fold", "/", "rgb(0, 0, 255)"),
        new("reviews", "/", "last element"),
        new("reviews-app", "/", "last element"),
        new("service-worker-app", "/", "The app"),
        new("header-app", "/", "Not for search engines"),
        new("combined", "/", Data),
        new("base", "/", "Based"),
        new("moved", "/", "moved to /deep/er/page"),
        new("moved", "/?relative", "moved to /deep/er/page"),
        new("scroll-app", "/", "all items are here"),
        new("fonts", "/", "loaded"),
        .. from target in (string[])["/a%2Fb/a%252Fb", "/a+b%20c/%C3%BC.y", "/slash/?q=1&r=2&q=%26+%23", "//double/x;y=1,2/(z)'!*@:$"] select new CorpusPage("addresses", target, "Address"),
        .. from html in s_inline select new CorpusPage(html, $"/?page={Array.IndexOf(s_inline, html)}", html.Contains("text", StringComparison.Ordinal) ? "text" : ""),
        .. from seed in s_seeds select Generated(seed),
    ];

    /// <summary>A page by its name, which for a generated one has its seed: tests are listed in another process than the one that runs them.</summary>
    public static CorpusPage Named(string name) => name.Split("?seed=") is [_, var seed] ? Generated(int.Parse(seed, CultureInfo.InvariantCulture)) : Pages.Single(page => page.Name == name);

    /// <summary>Serves an app at the root of a site, instead of the one before.</summary>
    /// <param name="requested">Called with the target of each request for a document.</param>
    /// <param name="served">What is answered instead of the document; null for the page's own.</param>
    public static void Serve(TestSite site, CorpusPage page, Action<string>? requested = null, string? served = null)
    {
        var folder = Repository.File($"Tests/Integration/Rendering/Fidelity/Corpus/{(page.App.StartsWith('<') ? "inserted-rules" : page.App)}");
        site.App = async http =>
        {
            var isDocument = http.Request.Headers["Sec-Fetch-Dest"] == "document";
            if (isDocument)
            {
                requested?.Invoke(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
            }

            var path = http.Request.Path.Value!;
            if (path == "/data")
            {
                await Task.Delay(300, http.RequestAborted);
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync($$"""{"text":"{{Data}}"}""");
                return;
            }

            var file = Path.Combine(folder, path.TrimStart('/'));
            var isFile = path != "/" && File.Exists(file);
            if (!isFile && Path.GetExtension(path) is ".js" or ".css" or ".svg" or ".gif")
            {
                http.Response.StatusCode = 404;
                return;
            }

            http.Response.ContentType = (isFile ? Path.GetExtension(path) : ".html") switch
            {
                ".js" => "text/javascript; charset=utf-8",
                ".css" => "text/css",
                ".svg" => "image/svg+xml",
                _ => "text/html; charset=utf-8",
            };
            await http.Response.WriteAsync(isDocument && served is not null ? served : !isFile && page.App.StartsWith('<') ? page.App : await File.ReadAllTextAsync(isFile ? file : Path.Combine(folder, "index.html")));
        };
    }

    private static CorpusPage Generated(int seed)
    {
        var random = new Random(seed);
        var parts = Enumerable.Range(1, 14).Select(k => "{ " + s_parts[random.Next(s_parts.Length)].Replace("K", $"{k}", StringComparison.Ordinal) + " }");
        return new($$"""
            <!doctype html><body><script>
            // seed {{seed}}
            const make = (name, text, kind) => Object.assign(document.createElement(name), { textContent: text, className: kind ?? 'n' });
            const evil = '<img data-evil src=x onerror=ran()>'; const sheets = []; let at = document.body;
            {{string.Join('\n', parts)}}
            document.adoptedStyleSheets = sheets;
            </script>
            """, $"/?seed={seed}", "");
    }
}
