using System.Text;
using Fleet.Contracts;
using Fleet.RealmServer.HostShells;
using Fleet.RealmServer.Rendering;
using Fleet.RealmServer.Site;
using Fleet.Registry.Pages;

namespace Fleet.Tests.RealmServer;

public sealed class ComposedPageTests
{
    private static readonly ShellDocument s_shell = new(Encoding.UTF8.GetBytes(RealmServerUnderTest.Shell), default, []);

    [Fact]
    public void Of_NothingStored_IsTheBareShell()
    {
        var page = ComposedPage.Of(null, s_shell);

        Assert.Equal(RealmServerUnderTest.Shell, Text(page));
        Assert.Equal(200, page.Status);
    }

    [Theory]
    [InlineData("</script><!--fleet:body-->\"'><img onerror>")]
    [InlineData("$& $1 ${x} {0} \\0 <!--fleet:head-->")]
    [InlineData("\u2028 \ud83d\ude00 é")]
    public void Of_AnyText_IsInsertedOnceAndUnchanged(string text)
    {
        var page = ComposedPage.Of(Stored(new() { [RenderFormat.Isolated] = "B" + text, [RenderFormat.Head] = "H" + text }), s_shell);

        Assert.Equal(
            RealmServerUnderTest.Shell.Replace("<!--fleet:head-->", "\u0001", StringComparison.Ordinal).Replace("<!--fleet:body-->", "\u0002", StringComparison.Ordinal)
                .Replace("\u0001", "H" + text, StringComparison.Ordinal).Replace("\u0002", "B" + text, StringComparison.Ordinal),
            Text(page));
    }

    [Fact]
    public void Of_WholeDocument_IsOldWithAnotherShellThanItWasCapturedWith()
    {
        var stored = Stored(new() { [RenderFormat.Html] = "<p>whole</p>" });

        Assert.Equal("<p>whole</p>", Text(ComposedPage.Of(stored, s_shell)));
        Assert.Equal(ContentKind.Document, ComposedPage.Of(stored with { ShellToken = s_shell.Token }, s_shell).Kind);
        Assert.Equal(ContentKind.OldDocument, ComposedPage.Of(stored with { ShellToken = "older" }, s_shell).Kind);
    }

    [Theory]
    [InlineData("<head></head>", "http://127.0.0.1/elements/x")]
    [InlineData("<head><link rel=\"canonical\" href=\"/y\"></head>", null)]
    public void Of_WholeDocument_HasACanonicalUrlUnlessItNamesOne(string document, string? canonical) =>
        Assert.Equal(canonical, ComposedPage.Of(Stored(new() { [RenderFormat.Html] = document }), s_shell).Canonical);

    [Theory]
    [InlineData(404, null, false)]
    [InlineData(200, "</elements/y>; rel=canonical", false)]
    [InlineData(200, "</style.css>; rel=preload", true)]
    public void Of_WholeDocument_HasACanonicalUrlOnlyIfItIsThePage(int status, string? link, bool expected)
    {
        var stored = Stored(new() { [RenderFormat.Html] = "<p>whole</p>" }) with
        {
            Status = status,
            Headers = link is null ? null : new Dictionary<string, string> { ["link"] = link },
        };

        Assert.Equal(expected, ComposedPage.Of(stored, s_shell).Canonical is not null);
    }

    [Theory]
    [InlineData("http://127.0.0.1/elements/new", "http://127.0.0.1/elements/new")]
    [InlineData("new", "http://127.0.0.1/elements/new")]
    [InlineData("/a b\r\nX: y", "http://127.0.0.1/a%20b%0D%0AX:%20y")]
    public void Of_Redirect_HasAnAbsoluteLocation(string target, string expected) =>
        Assert.Equal(expected, ComposedPage.Of(Stored([]) with { Status = 301, RedirectUrl = target }, s_shell).Location);

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("file:///etc/passwd")]
    [InlineData(null)]
    public void Of_RedirectToNoPage_IsTheShell(string? target)
    {
        var page = ComposedPage.Of(Stored([]) with { Status = 302, RedirectUrl = target }, s_shell);

        Assert.Null(page.Location);
        Assert.Equal(200, page.Status);
    }

    [Fact]
    public void ETag_PageOrShellChanges_Changes()
    {
        var stored = Stored(new() { [RenderFormat.Isolated] = "a" });
        var other = new ShellDocument(Encoding.UTF8.GetBytes(RealmServerUnderTest.Shell + " "), default, []);
        string[] tags = [ComposedPage.Of(stored, s_shell).ETag, ComposedPage.Of(stored, other).ETag, ComposedPage.Of(stored with { ETag = "f" }, s_shell).ETag, ComposedPage.Of(null, s_shell).ETag];

        Assert.Equal(tags.Length, tags.Distinct().Count());
    }

    private static string Text(ComposedPage page) => Encoding.UTF8.GetString(page.ToBytes());

    private static StoredPage Stored(Dictionary<RenderFormat, string> formats) => new()
    {
        Realm = "http://127.0.0.1/elements/",
        Url = "http://127.0.0.1/elements/x",
        Status = 200,
        Formats = formats,
        SourceVersion = 1,
        Generation = 1,
        ShellToken = "t",
        RenderedAt = default,
        ETag = "e",
    };
}
