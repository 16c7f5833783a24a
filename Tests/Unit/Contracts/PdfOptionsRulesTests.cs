using Fleet.Contracts;

namespace Fleet.Tests.Contracts;

public sealed class PdfOptionsRulesTests
{
    // Each of these crashed the page in Chromium.
    [Theory]
    [InlineData("<link rel=stylesheet href='http://h/'>")]
    [InlineData("<LINK rel=preload as=font crossorigin href='http://h/'>")]
    [InlineData("<style>@import 'http://h/';</style>")]
    [InlineData("<style>@\\69mport 'http://h/';</style>")]
    [InlineData("<svg><style>&#64;import 'http://h/';</style></svg>")]
    [InlineData("<svg>\n<style>@im<!-- -->port 'http://h/';</style></svg>")]
    [InlineData("<svg><style>@im<![CDATA[port 'http://h/';]]></style></svg>")]
    [InlineData("<style>@font-face { font-family: f; src: url(http://h/) } b { font-family: f }</style><b>x</b>")]
    [InlineData("<b style='shape-outside: URL( \"http://h/\" ); float: left'>x</b>")]
    [InlineData("<b style='filter: url&lpar;http://h/#a)'>x</b>")]
    [InlineData("<b style='filter: url(&quot;http://h/#a&quot;)'>x</b>")]
    public void Check_TemplateThatLoads_IsRefusedWithItsPlace(string template)
    {
        var errors = PdfOptionsRules.Check(new() { HeaderTemplate = template, FooterTemplate = template });
        Assert.Equal(["headerTemplate", "footerTemplate"], errors.Select(error => error.Field));
        Assert.All(errors, error => Assert.Contains("a template loads nothing", error.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<span style='font-size: 8px'>© Example Ltd, https://example.com, page <b class=pageNumber></b></span>")]
    [InlineData("<html><head><style>@page { margin: 0 } p { background: url( \"data:image/png;base64,x\" ) }</style></head><body><svg><rect fill='url(#a)'/></svg></body></html>")]
    [InlineData("<b style=\"background: url(&quot;data:image/png;base64,x&quot;)\">x &amp; y</b><a href='https://example.com'>z</a><img src='data:image/png;base64,x'>")]
    public void Check_TemplateThatLoadsNothing_Passes(string template) => Assert.Empty(PdfOptionsRules.Check(new() { HeaderTemplate = template }));

    [Fact]
    public void Check_LongTemplate_NamesTheBound() =>
        Assert.Contains("at most 10000", Assert.Single(PdfOptionsRules.Check(new() { FooterTemplate = new string('x', 10_001) })).Message, StringComparison.Ordinal);
}
