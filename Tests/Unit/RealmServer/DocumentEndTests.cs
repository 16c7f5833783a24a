using Fleet.RealmServer.HostShells;

namespace Fleet.Tests.RealmServer;

public sealed class DocumentEndTests
{
    private const string Complete = "<!doctype html><html lang=en><head><meta charset=utf-8><title>App</title><link rel=stylesheet href=/a.css></head>"
        + "<body class='x'><!-- app --><div id=root><b>Loading</b></div><script>if (1 < 2) document.title = '</div>'</script><p>end</p></body></html>";

    [Theory]
    [InlineData("<!doctype html><title>App</title><div id=root></div><script src=/app.js></script>\n")]
    [InlineData("<div id=root></div><ul><li>a<li>b</ul><p>end")]
    [InlineData("<!doctype html><body><div id=root></div></body>")]
    [InlineData("<head></head><div id=root></div><!-- built -->")]
    [InlineData("<html><div id=root></HTML >")]
    public void FindOpen_CompleteDocument_IsNull(string html) => Assert.Null(DocumentEnd.FindOpen(html));

    [Theory]
    [InlineData("<!doctype html><head><title>App</title>", "an open <head>")]
    [InlineData("<!doctype html><html lang=en>", "what is before its body")]
    [InlineData("<body><div id=root>", "an open <div>")]
    [InlineData("<body><div id=root></div><table><tr><td>", "an open <table>")]
    [InlineData("<body><div id=root></div><script>let a", "a tag, script or comment that is not closed")]
    [InlineData("<body><div id=root></div><!-- built", "a tag, script or comment that is not closed")]
    [InlineData("<body><div id=root></div><script src='/a.js", "a tag, script or comment that is not closed")]
    public void FindOpen_DocumentThatIsCutOff_IsWhatItEndsIn(string html, string expected) => Assert.Equal(expected, DocumentEnd.FindOpen(html));

    /// <summary>Of all beginnings of a document only those look complete that end between the elements of its body.</summary>
    [Fact]
    public void FindOpen_EveryBeginningOfADocument_IsOpenWithinItsElements()
    {
        var body = Complete.IndexOf("<!-- app -->", StringComparison.Ordinal);
        string[] between = ["<body class='x'>", "<!-- app -->", "</div>", "</script>", "<p>end</p>", "<p>end", "<p>en", "<p>e", "<p>", "</body>"];
        for (var length = 1; length < Complete.IndexOf("</html", StringComparison.Ordinal); length++)
        {
            var beginning = Complete[..length];
            var looksComplete = DocumentEnd.FindOpen(beginning) is null;
            Assert.True(!looksComplete || (length >= body && between.Any(end => beginning.EndsWith(end, StringComparison.Ordinal))), beginning);
        }

        Assert.Null(DocumentEnd.FindOpen(Complete));
    }
}
