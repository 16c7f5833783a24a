using Fleet.PrerenderServer.Rendering.Host;

namespace Fleet.Tests.Rendering;

public sealed class HostMarkupTests
{
    [Theory]
    [InlineData("")]
    [InlineData("text, 1 < 2, a<b, <3, </, <>, &lt;/script&gt;")]
    [InlineData("<p>optional end tags<li>too<td>")]
    [InlineData("</div></p>")]
    [InlineData("<p title=\"</script>\" data-x='<style>' y=</title>>z</p><a href=/?a=\"b>c</a><p a =\n'>' b= >")]
    [InlineData("<script type=\"application/ld+json\">{\"a\":\"\\u003c/script>\"}</script>")]
    [InlineData("<SCRIPT>if (a<b) '</scripty>'</script ><Style>a{}</STYLE\n><title>x</title/>")]
    [InlineData("<script><!-- document.write('<script>x</script>') --></script>")]
    [InlineData("<script>'<!--' + '<scripts' </script>")]
    [InlineData("<script><!--> '<script>' </script>")]
    [InlineData("<textarea><script></textarea><xmp></p></xmp><iframe></iframe><noembed><b></noembed>")]
    [InlineData("<noscript><img></noscript>")]
    [InlineData("<!-- </script> --><!----><!--><!---><!--x--!><!--[if IE]><p><![endif]-->")]
    [InlineData("<?bogus </script><!doctype></0></p>")]
    [InlineData("<svg><title/><style/><script/><desc><style>a{}</style></desc></svg><style></style>")]
    [InlineData("<svg><style>a</style><title>b</title><script>c</script><foreignObject><title>d</title></foreignObject></svg>")]
    [InlineData("<svg/><style></style><math><mtext><style></style></mtext><annotation-xml/></math>")]
    [InlineData("<svg><g><p><style>broke out</style>")]
    [InlineData("<template><script></script></template>")]
    public void FaultOf_SelfContainedMarkup_IsNull(string markup) => Assert.Null(HostMarkup.FaultOf(markup));

    [Theory]
    [InlineData("<script type=\"application/ld+json\">{\"a\":\"</script><img>\"}</script>", "closes a <script>")]
    [InlineData("<style>.a::after { content: \"</style>x\" }</style>", "closes a <style>")]
    [InlineData("<title>a</title>b</title>", "closes a <title>")]
    [InlineData("<iframe>a</iframe>b</iframe>", "closes a <iframe>")]
    [InlineData("</script>", "closes a <script>")]
    [InlineData("<script>{\"a\":\"<!--<script>\"}</script>", "leaves a <script> open")]
    [InlineData("<script>x</script", "leaves a <script> open")]
    [InlineData("<title>", "leaves a <title> open")]
    [InlineData("<style>a{}", "leaves a <style> open")]
    [InlineData("<textarea>x</text-area>", "leaves a <textarea> open")]
    [InlineData("<plaintext>x</plaintext>", "leaves a <plaintext> open")]
    [InlineData("<svg><desc><style></desc></svg>", "leaves a <style> open")]
    [InlineData("<!-- -- >", "leaves a comment open")]
    [InlineData("<!--", "leaves a comment open")]
    [InlineData("<p title=\"x>", "ends inside the tag <p")]
    [InlineData("<p", "ends inside the tag <p")]
    [InlineData("x</p ", "ends inside the tag </p")]
    public void FaultOf_MarkupThatWouldContainOrCloseItsSurroundings_IsDescribed(string markup, string fault) =>
        Assert.StartsWith(fault, HostMarkup.FaultOf(markup), StringComparison.Ordinal);

    [Fact]
    public void FaultOf_MuchBrokenMarkup_IsReadOnce()
    {
        foreach (var piece in (string[])["<script", "<!-", "</", "<svg>", "<svg></x>", "<svg><desc>", "=\"", "<p a='", "<!--<script>"])
        {
            // One pass over 5 MB takes milliseconds; one pass per piece would take an hour.
            _ = HostMarkup.FaultOf("<p>" + string.Concat(Enumerable.Repeat(piece, 5_000_000 / piece.Length)));
        }
    }
}
