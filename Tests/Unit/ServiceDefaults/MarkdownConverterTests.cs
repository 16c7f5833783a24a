using System.Text;
using Fleet.ServiceDefaults.Markdown;

namespace Fleet.Tests.ServiceDefaults;

public sealed class MarkdownConverterTests
{
    private static readonly string s_deep = string.Concat(Enumerable.Repeat("<div>", 100_000));

    [Theory]
    [InlineData("<h2>Two</h2><p>One <b>bold</b> and <i>slanted</i>.</p>", "## Two\n\nOne **bold** and *slanted*.")]
    [InlineData("<p>a<br>b</p>", "a\nb")]
    [InlineData("<ul><li>a<ul><li>b</li></ul></li><li><p>c</p><p>d</p></li></ul>", "- a\n\n  - b\n- c\n\n  d")]
    [InlineData("<ol start=3><li>x</li><li>y</li></ol>", "3. x\n4. y")]
    [InlineData("<table><tr><th>A</th><th>B</th></tr><tr><td>1|2</td><td><p>x</p><p>y</p></td></tr><tr><td>z</td></tr></table>", "| A | B |\n| --- | --- |\n| 1\\|2 | x y |\n| z |  |")]
    [InlineData("<pre><code class='language-cs'>if (a &lt; b)\n{\n}</code></pre>", "```cs\nif (a < b)\n{\n}\n```")]
    [InlineData("<pre>```\nx</pre>", "````\n```\nx\n````")]
    [InlineData("<p>run <code>a`b</code></p>", "run ``a`b``")]
    [InlineData("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b")]
    [InlineData("<a href='/x (1)?a=1&amp;b=2'>to <b>x</b></a>", "[to **x**](http://h/x%20%281%29?a=1&b=2)")]
    [InlineData("<a href='javascript:alert(1)'>text</a><img src='data:image/png;base64,AA' alt=no><img src=p.png alt='a]b'>", "text![a\\]b](http://h/docs/p.png)")]
    [InlineData("<p># not a heading</p><p>- no list</p><p>1. no number</p><p>*no* _emphasis_ [no](link) &lt;b&gt;</p>", "\\# not a heading\n\n\\- no list\n\n1\\. no number\n\n\\*no\\* \\_emphasis\\_ \\[no\\](link) \\<b\\>")]
    [InlineData("<p>a\u0000\u001b[31m\u202eb</p>", "a\\[31mb")]
    [InlineData("<dl><dt>Term</dt><dd>What</dd></dl><hr>", "**Term**\n\nWhat\n\n---")]
    [InlineData("<x-card><template shadowrootmode=open><p>shadow</p></template></x-card>", "shadow")]
    [InlineData("<nav>menu</nav><header>top</header><p>text</p><aside>ads</aside><footer>imprint</footer><script>x</script><p hidden>gone</p>", "text")]
    [InlineData("<nav>menu</nav><main><header><h1>Title</h1></header><p>text</p><nav>pager</nav><footer>end</footer></main><p>outside</p>", "# Title\n\ntext")]
    [InlineData("<div id=root><div class=layout><div role=navigation>menu</div><div role=main><p>text</p></div></div></div>", "text")]
    [InlineData("<a href=/card><h3>Card</h3><p>Text</p></a>", "### Card\n\nText")]
    public void Convert_Content_IsMarkdownAndTextStaysText(string html, string expected) =>
        Assert.Equal(expected + "\n", MarkdownConverter.Convert($"<!doctype html><html><body>{html}</body></html>", "http://h/docs/page")!.Text);

    [Theory]
    [InlineData("<h2>Two</h2><p>One <b>bold</b>, <a href=/x>a link</a> and <code>code</code>.</p>", "Two\n\nOne bold, a link and code.")]
    [InlineData("<ul><li>a</li><li>b<br>c</li></ul><ol><li>x</li></ol>", "- a\n- b\n  c\n\n1. x")]
    [InlineData("<table><tr><th>A</th><th>B</th></tr><tr><td>1|2</td><td>*</td></tr></table>", "A\tB\n1|2\t*")]
    [InlineData("<x-p><template shadowrootmode=open><p>Price: <slot></slot> EUR</p></template>12</x-p><p hidden>gone</p>", "Price: 12 EUR")]
    [InlineData("<p>is <math><semantics><mi>x</mi><annotation encoding='application/x-tex'>x^2</annotation></semantics></math></p>", "is x^2")]
    [InlineData("<table><tr><td><pre>1\n2</pre></td><td><pre>a\n  b</pre></td></tr></table>", "a\n  b")]
    [InlineData("<pre>if (a)\n  b</pre><hr><blockquote><p>q</p></blockquote><dl><dt>T<dd>D</dl>", "if (a)\n  b\n\nq\n\nT\n\nD")]
    [InlineData("<p># 1. *text* &lt;b&gt; [x](y)</p><img alt=picture src=p.png><nav>menu</nav>", "# 1. *text* <b> [x](y)\n\npicture")]
    public void ToText_Content_IsTheTextWithoutMarks(string html, string expected) =>
        Assert.Equal(expected + "\n", MarkdownConverter.ToText($"<!doctype html><html><body>{html}</body></html>", "http://h/docs/page")!.Text);

    [Theory]
    [InlineData("<p>text</p>", "Title *1*\n\ntext\n")]
    [InlineData("<h1>Own</h1><p>text</p>", "Own\n\ntext\n")]
    public void ToText_Title_BeginsTheTextUnlessItHasAHeading(string body, string expected) =>
        Assert.Equal(expected, MarkdownConverter.ToText($"<title>Title *1*</title><body>{body}", "http://h/")!.Text);

    // The children of an element with a shadow root are shown where its slots are.
    [Theory]
    [InlineData("<x-p><template shadowrootmode=open><p>Price: <slot></slot> EUR</p><p>after</p></template>12</x-p>", "Price: 12 EUR\n\nafter")]
    [InlineData("<x-card><template shadowrootmode=open><h2>Card: <slot name=a></slot></h2><p>End <slot name=b>fallback</slot></p><p><slot name=c>only fallback</slot></p></template><span slot=b>second</span><span slot=a>first</span></x-card>",
        "## Card: first\n\nEnd second\n\nonly fallback")]
    [InlineData("<x-a><template shadowrootmode=open><p>shown</p></template>without a slot<b slot=other>of no slot</b></x-a>", "shown")]
    [InlineData("<x-a><template shadowrootmode=open><slot></slot><slot>second</slot></template><p>once</p></x-a>", "once\n\nsecond")]
    [InlineData("<x-a><template shadowrootmode=open><p hidden><slot></slot></p><slot></slot></template>in the first</x-a>", "")]
    [InlineData("<x-a><template shadowrootmode=open><ul><slot></slot></ul></template><li>a</li><li>b</li></x-a>", "- a\n- b")]
    [InlineData("<x-a><template shadowrootmode=open><x-b><template shadowrootmode=open><p>[<slot></slot>]</p></template><slot></slot></x-b></template>through two</x-a>", "\\[through two\\]")]
    [InlineData("<div><template shadowrootmode=open><nav>menu</nav><main><p>text</p><slot></slot></main></template><p>light</p></div><p>outside</p>", "text\n\nlight")]
    [InlineData("<p>a <slot>b</slot> c</p>", "a b c")]
    public void Convert_ShadowRoot_IsReadAsItIsShown(string html, string expected) => Assert.Equal(expected, TextOf(html));

    [Theory]
    [InlineData("<p>Cost <x-price>12</x-price> EUR per <app-unit><span>kg</span></app-unit>.</p>", "Cost 12 EUR per kg.")]
    [InlineData("<h2><app-icon></app-icon>Head <x-b>line</x-b></h2>", "## Head line")]
    [InlineData("<p>a <picture><source srcset=x><img src=/p.png alt=p></picture> b</p>", "a ![p](http://h/p.png) b")]
    [InlineData("<p>a <span>b<button>Copy</button></span> c</p>", "a b c")]
    [InlineData("<app-root><app-card><h2>One</h2><p>1</p></app-card><app-card><p>2</p></app-card></app-root>", "## One\n\n1\n\n2")]
    [InlineData("<app-item>A</app-item><app-item>B</app-item>, <x-c>C</x-c>.", "A B, C.")]
    [InlineData("<p>E = <math><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup></math>.</p>", "E = mc2.")]
    [InlineData("<p>formula <span class=katex><span class=katex-mathml><math><semantics><mrow><mi>x</mi></mrow><annotation encoding='application/x-tex'>\\frac{x^2}{y_1}</annotation></semantics></math></span><span class=katex-html aria-hidden=true>x2</span></span> end</p>",
        "formula `\\frac{x^2}{y_1}` end")]
    [InlineData("<p>a <span><span style='display: none;'><math><mi>x</mi></math></span><img src=/x.svg alt='{x}'></span> b</p>", "a ![{x}](http://h/x.svg) b")]
    public void Convert_ElementOfAnyOtherName_IsInlineUnlessItHoldsBlocks(string html, string expected) => Assert.Equal(expected, TextOf(html));

    [Theory]
    [InlineData("<div class=highlight><table><tr><td class=gutter><pre>1\n2</pre></td><td><pre>code 1\ncode 2</pre></td></tr></table></div>", "```\ncode 1\ncode 2\n```")]
    [InlineData("<pre><code class='hljs language-js'><table class=hljs-ln><tr><td data-line-number=1>1</td><td>let a</td></tr><tr><td data-line-number=2>2</td><td>  a = 1</td></tr></table></code></pre>", "```js\nlet a\n  a = 1\n```")]
    [InlineData("<table class='highlight language-go'><tr><td data-line-number=1></td><td>func a() {</td></tr><tr><td data-line-number=2></td><td>}</td></tr></table>", "```go\nfunc a() {\n}\n```")]
    [InlineData("<pre><code>a<br>b<div>c</div><div>d</div></code><button>Copy</button></pre>", "```\na\nb\nc\nd\n```")]
    [InlineData("<pre><span class=line>l1</span>\n<span class=line>  l2</span></pre>", "```\nl1\n  l2\n```")]
    [InlineData("<table><tr><td>1</td><td>a</td></tr><tr><td>2</td><td>b</td></tr></table>", "| 1 | a |\n| --- | --- |\n| 2 | b |")]
    [InlineData("<table><tr><th>N</th><th>Call</th></tr><tr><td>1</td><td><pre>f()</pre></td></tr></table>", "| N | Call |\n| --- | --- |\n| 1 | f() |")]
    public void Convert_CodeWithLineNumbers_IsABlockOfCodeWithItsLines(string html, string expected) => Assert.Equal(expected, TextOf(html));

    [Theory]
    [InlineData("<p>a</p><div style='display:none'><p>b</p></div>", "a")]
    [InlineData("<p>a<span style='color: red; DISPLAY : None !important'>b</span></p>", "a")]
    [InlineData("<p>a</p><p style='visibility:hidden'>b</p>", "a")]
    [InlineData("<ul><li>a</li><li style='display:none'>b</li></ul>", "- a")]
    [InlineData("<table><tr><td>a</td><td hidden>b</td></tr><tr style='display:none'><td>c</td></tr></table>", "| a |\n| --- |")]
    [InlineData("<p style='display:block; --display: none; background: url(none)'>a</p>", "a")]
    [InlineData("<p style='display:none; display:block'>a</p>", "a")]
    public void Convert_ElementHiddenByItsStyle_IsLeftOut(string html, string expected) => Assert.Equal(expected, TextOf(html));

    [Theory]
    [InlineData("<main hidden><p>old route</p></main><main><p>text</p></main>", "text")]
    [InlineData("<div style='display:none'><main><p>old route</p></main></div><div><main><p>text</p></main></div>", "text")]
    [InlineData("<noscript><main>Enable JavaScript</main></noscript><div role=main><p>text</p></div>", "text")]
    [InlineData("<article hidden><p>old</p></article><p>menu</p><article><p>text</p></article>", "text")]
    [InlineData("<div aria-hidden=true><main><p>behind a dialog</p></main></div><dialog open>Cookies?</dialog>", "behind a dialog")]
    public void Convert_HiddenMain_IsNotTheMainContent(string html, string expected) => Assert.Equal(expected, TextOf(html));

    [Theory]
    [InlineData("<form id=aspnetForm><h1>Product</h1><p>Description of the product.</p><input value=v><select><option>o</option></select></form>", "# Product\n\nDescription of the product.")]
    [InlineData("<form><main><p>text</p></main></form>", "text")]
    [InlineData("<p>text</p><form><fieldset><legend>Contact</legend><label>Name <input list=l></label><datalist id=l><option>x</option></datalist><textarea>t</textarea></fieldset><button>Send</button></form>", "text")]
    public void Convert_Form_IsItsContentWithoutControls(string html, string expected) => Assert.Equal(expected, TextOf(html));

    [Fact]
    public void Convert_ShadowRootsThatNestDeeperAsShownThanAsWritten_AreRefused()
    {
        // Each host is a light child of the one before, whose slot is 300 elements deep.
        var html = new StringBuilder();
        for (var host = 0; host < 500; host++)
        {
            html.Append("<x-a><template shadowrootmode=open>").Insert(html.Length, "<i>", 90).Append("<slot></slot>").Insert(html.Length, "</i>", 90).Append("</template>");
        }

        Assert.Null(MarkdownConverter.Convert(html.ToString(), "http://h/"));
    }

    [Fact]
    public void Convert_NoHeading_BeginsWithTheTitleAndHasTheCanonicalUrl()
    {
        var page = MarkdownConverter.Convert("<html><head><title>The  title</title><link rel=canonical href=/c></head><body><p>text</p></body></html>", "http://h/docs/page")!;

        Assert.Equal("# The title\n\ntext\n", page.Text);
        Assert.Equal("http://h/c", page.Canonical);
    }

    [Fact]
    public void Convert_CanonicalUrlWithUnicodeHost_IsAsAHeaderWritesIt() => Assert.Equal(
        "http://xn--mnchen-3ya.example/c", MarkdownConverter.Convert("<link rel=canonical href='http://münchen.example/c'><p>text</p>", "http://h/")!.Canonical);

    [Fact]
    public void Convert_TooDeepOrTooLong_IsRefusedAtOnce()
    {
        Assert.Null(MarkdownConverter.Convert(s_deep, "http://h/"));
        Assert.Null(MarkdownConverter.Convert(new string('x', MarkdownConverter.MaxChars + 1), "http://h/"));
        Assert.NotNull(MarkdownConverter.Convert(string.Concat(Enumerable.Repeat("<div>", 590)) + "x", "http://h/"));
    }

    private static string TextOf(string html) => MarkdownConverter.Convert($"<!doctype html><html><body>{html}</body></html>", "http://h/docs/page")!.Text.TrimEnd('\n');
}
