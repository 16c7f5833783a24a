using Fleet.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fleet.Tests.Rendering.Fidelity;

/// <summary>The served document, parsed with scripts off, is the live page: the same tree, text and attributes, shadow roots included, and the same pixels.</summary>
[Collection(ServerCollection.Name)]
public sealed class RoundTripTests(ServerFixture server, VisitorBrowser visitor) : IClassFixture<VisitorBrowser>
{
    /// <summary>Describes what is rendered: for every element of the composed tree its name, its box, its text and the styles that the pages set.</summary>
    private const string Describe = """
        (() => {
          const lines = [];
          const walk = (node, depth) => {
            if (node.nodeType === 3 && node.data.trim()) lines.push(' '.repeat(depth) + JSON.stringify(node.data));
            if (node.nodeType !== 1 || ['SCRIPT', 'STYLE', 'LINK', 'HEAD', 'TEMPLATE'].includes(node.tagName)) return;
            const s = getComputedStyle(node), b = node.getBoundingClientRect();
            const names = node.getAttributeNames().filter((n) => !['value', 'checked', 'selected'].includes(n)).sort();
            lines.push(`${' '.repeat(depth)}${node.localName} ${names.map((n) => `${n}=${node.getAttribute(n)}`)} ${[b.x, b.y, b.width, b.height].map((n) => n.toFixed(1))} ${s.color} ${s.backgroundColor} ${s.fontSize} ${s.margin} ${s.borderTopWidth} ${node.value ?? ''} ${node.checked ?? ''} ${node.selected ?? ''}`);
            if (node.localName === 'textarea') return; // its text is the default; the value is above
            for (const child of node.shadowRoot?.childNodes ?? []) walk(child, depth + 1);
            for (const child of node.childNodes) walk(child, depth + 1);
          };
          // HTML has no text for two text nodes in a row. The live page is described, not captured, from here on.
          document.normalize();
          for (const host of document.querySelectorAll('*')) host.shadowRoot?.normalize();
          walk(document.body, 0);
          return lines.join('\n');
        })
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Pages =>
    [
        // Rules that were inserted into the sheets of style and link elements, and adopted ones.
        """
        <!doctype html><head><link rel=stylesheet href=/base.css></head><body><div id=root></div><script>
        const s = document.head.appendChild(document.createElement('style'));
        s.sheet.insertRule('.box { background: rgb(255, 0, 0); width: 400px; height: 40px; }', 0);
        document.styleSheets[0].insertRule('.late { background: rgb(0, 255, 0) }', document.styleSheets[0].cssRules.length);
        const a = new CSSStyleSheet(); a.replaceSync('.adopted { background: rgb(0, 0, 255); height: 20px; }'); document.adoptedStyleSheets = [a];
        root.innerHTML = '<div class="box">red</div><div class="late base">green</div><div class="adopted">blue</div>';
        </script>
        """,
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
        // Shorthands with variables, whose rule text is not all of them, beside an inserted rule.
        """
        <!doctype html><style id=s>:root { --m: 4px 8px } p { margin: var(--m); margin-left: 20px; } /* end */</style><p>text</p><b>b</b><script>s.sheet.insertRule('b { color: rgb(1, 2, 3) }', s.sheet.cssRules.length)</script>
        """,
        // Shadow roots of every origin.
        """
        <!doctype html><body><open-card><template shadowrootmode=open><style>p { color: green }</style><p>declared</p><slot></slot></template><span>light</span></open-card>
        <closed-card><template shadowrootmode=closed><style>p { color: blue }</style><p>closed</p></template></closed-card><made-card></made-card><div id=set></div><div id=own></div><script>
        customElements.define('open-card', class extends HTMLElement { connectedCallback() { this.shadowRoot.querySelector('p').append(' (hydrated)'); } });
        customElements.define('made-card', class extends HTMLElement { connectedCallback() { this.attachShadow({ mode: 'open' }).innerHTML = '<p>made <b>b</b></p>'; } });
        set.setHTMLUnsafe('<late-card><template shadowrootmode=open><p>set</p></template></late-card>');
        own.attachShadow({ mode: 'closed' }).innerHTML = '<p>own</p><inner-card></inner-card>';
        </script>
        """,
        // What is in the properties of form fields.
        """
        <!doctype html><input id=t><textarea id=a>old</textarea><input type=checkbox id=c><input type=radio name=r checked><input type=radio name=r id=rb>
        <select id=s><option value=1 selected>one</option><option value=2>two</option></select><script>t.value = 'typed'; a.value = 'new\ntext'; c.checked = true; rb.checked = true; s.value = '2';</script>
        """,
        // SVG, MathML, tables, entities, whitespace and nested lists that scripts build.
        """
        <!doctype html><body><script>
        document.body.innerHTML = '<svg viewBox="0 0 10 10" width=40><foreignObject width=10 height=10><p>in</p></foreignObject><rect width=5 height=5 /></svg><math><mi>x</mi></math><pre>\n\nlines</pre>';
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
          this.innerHTML = '<b slot=a>slotted</b>'; } });
        </script>
        """,
        // Media, layers and containers.
        """
        <!doctype html><style>@layer a, b; @layer b { p { color: rgb(1, 1, 1) } } @layer a { p { color: rgb(2, 2, 2) } } @media (min-width: 1px) { p { margin: 7px } } @supports (display: grid) { p { font-size: 21px } } p::before { content: "<b>" }</style><p>text</p>
        <script>document.styleSheets[0].insertRule('@media screen { i { color: rgb(5, 5, 5) } }', document.styleSheets[0].cssRules.length); document.body.append(Object.assign(document.createElement('i'), { textContent: 'i' }))</script>
        """,
    ];

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
    ];

    // Each run adds one that no run has had.
    public static TheoryData<int> Seeds => [3, 11, Random.Shared.Next()];

    [Theory, MemberData(nameof(Seeds))]
    public async Task Html_RandomPage_LooksTheSameWithoutScripts(int seed)
    {
        var random = new Random(seed);
        var parts = Enumerable.Range(1, 12).Select(k => "{ " + s_parts[random.Next(s_parts.Length)].Replace("K", $"{k}", StringComparison.Ordinal) + " }");
        await Html_Page_LooksTheSameWithoutScripts($$"""
            <!doctype html><body><script>
            // seed {{seed}}
            const make = (name, text, kind) => Object.assign(document.createElement(name), { textContent: text, className: kind ?? 'n' });
            const sheets = []; let at = document.body;
            {{string.Join('\n', parts)}}
            document.adoptedStyleSheets = sheets;
            </script>
            """);
    }

    [Theory, MemberData(nameof(Pages))]
    public async Task Html_Page_LooksTheSameWithoutScripts(string page)
    {
        server.OtherApp.Routes["/base.css"] = http =>
        {
            http.Response.ContentType = "text/css";
            return http.Response.WriteAsync(".base { height: 30px; border-top: 1px solid; }");
        };
        var path = $"/{Guid.NewGuid():N}";
        server.OtherApp.Page(path, page);
        var result = await server.RenderAsync(new() { Url = server.OtherApp[path].AbsoluteUri, Formats = [RenderFormat.Html] }, Token);
        var served = $"/{Guid.NewGuid():N}";
        server.OtherApp.Page(served, result.Formats[RenderFormat.Html]);
        // Closed roots cannot be described; the pixels show them.
        var describe = $"({Describe})()";
        var (live, livePixels) = await visitor.ShowAsync(server.OtherApp[path], true, describe);
        var (seen, pixels) = await visitor.ShowAsync(server.OtherApp[served], false, describe);
        Assert.True(live == seen, $"Live:\n{live}\nServed:\n{seen}\n{result.Formats[RenderFormat.Html]}");
        Assert.True(livePixels.AsSpan().SequenceEqual(pixels), $"The screenshots differ.\n{result.Formats[RenderFormat.Html]}");
        Assert.Equal("settled", result.Diagnostics!.Stability);
    }
}
