using System.Net;
using System.Net.Sockets;
using System.Text;
using Fleet.RealmServer.Content;

namespace Fleet.Tests.RealmServer;

/// <summary>Boundary 2: files that a caller without a key requests by name, and targets of links in a served folder.</summary>
public sealed class UnservedFilesTests
{
    private const string Secret = "the-secret-of-this-file";

    [Theory]
    [InlineData("/.git/config")]
    [InlineData("/.aws/credentials")]
    [InlineData("/sub/.svn/entries")]
    [InlineData("/.env")]
    [InlineData("/%2egit/config")]
    [InlineData("/%2Egit%2Fconfig")]
    [InlineData("/.git%2fconfig")]
    [InlineData("/.git\\config")]
    [InlineData("/sub/..\\.git\\config")]
    [InlineData("/sub/%2e%2e/.git/config")]
    [InlineData("/sub/..%2f.git/config")]
    [InlineData("/.git/config.")]
    [InlineData("/.git./config")]
    [InlineData("/web.config")]
    [InlineData("/WEB.CONFIG")]
    [InlineData("/web.config.")]
    [InlineData("/web.config%20")]
    [InlineData("/web%2econfig")]
    [InlineData("/index.html~")]
    [InlineData("/index.html.bak")]
    [InlineData("/server.key")]
    [InlineData("/link-out.txt")]
    [InlineData("/link-out/outside.txt")]
    [InlineData("/link-up.txt")]
    [InlineData("/link-chain.txt")]
    [InlineData("/link-hidden.txt")]
    public async Task Get_HiddenBackupOrOutsideFile_Is404WithoutPageOrContent(string target)
    {
        await using var server = await StartAsync();

        foreach (var accept in new[] { "text/html", "*/*", "application/json" })
        {
            var answer = await GetRawAsync(server, target, accept);

            Assert.StartsWith("HTTP/1.1 404", answer, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, answer, StringComparison.Ordinal);
            Assert.DoesNotContain("<!doctype", answer, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("/.well-known/security.txt", "contact")]
    [InlineData("/link-in.css", "margin")]
    [InlineData("/mounted/file.txt", "mounted")]
    [InlineData("/assets/app.css", "margin")]
    public async Task Get_WellKnownOrLinkInsideTheFolder_IsServed(string path, string content)
    {
        await using var server = await StartAsync();

        var response = await server.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains(content, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    // Deploys switch the whole folder by a link.
    [Fact]
    public async Task Get_FolderItselfIsALink_ServesItsFiles()
    {
        using var outer = new TempFolder();
        await using var server = new RealmServerUnderTest();
        File.CreateSymbolicLink(Path.Combine(outer.Path, "current"), server.Dist.Path);
        File.CreateSymbolicLink(Path.Combine(server.Dist.Path, "link-in.css"), "assets/app.css");
        server.Settings.Add($"Host:Dist={outer.Path}/current");
        await server.StartAsync();

        Assert.Contains("margin", await (await server.GetAsync("link-in.css", "*/*")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_CardThatLeadsOutOfItsRealm_IsNoCard()
    {
        await using var server = new RealmServerUnderTest();
        server.Realms.WriteOutside("outside.json", $$"""{ "key": "{{Secret}}" }""");
        File.CreateSymbolicLink(Path.Combine(server.Realms.Path, "elements/leak.json"), "../../outside.json");
        await server.StartAsync();

        var response = await server.GetAsync("elements/leak", "application/json");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.DoesNotContain(Secret, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var bulk = await server.GetAsync("elements/_cards?ids=leak,helium", "application/json");
        Assert.DoesNotContain(Secret, await bulk.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void RealPath_ParentOfALinkedFolder_IsTheRealParent()
    {
        using var folder = new TempFolder();
        folder.Write("real/deep/a.txt", "");
        folder.Write("real/b.txt", "");
        folder.Write("b.txt", "");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "deep"), "real/deep");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "link"), "deep/../b.txt");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "circle"), "circle");

        Assert.Equal("real/b.txt", RealPath.Below(folder.Path, Path.Combine(folder.Path, "link")));
        Assert.Null(RealPath.Below(folder.Path, Path.Combine(folder.Path, "circle")));
        Assert.Null(RealPath.Below(folder.Path, Path.Combine(folder.Path, "none")));
    }

    private static async Task<RealmServerUnderTest> StartAsync()
    {
        var server = new RealmServerUnderTest();
        foreach (var name in new[] { ".git/config", ".aws/credentials", "sub/.svn/entries", ".env", "web.config", "index.html~", "index.html.bak", "server.key" })
        {
            server.Dist.Write(name, Secret);
        }

        server.Dist.WriteOutside("outside.txt", Secret);
        server.Dist.Write(".well-known/security.txt", "contact");
        server.Dist.Write("..data/file.txt", "mounted");
        Link("link-out.txt", Path.Combine(server.Dist.Path, "../outside.txt"));
        Link("link-out", "..");
        Link("link-up.txt", "../outside.txt");
        Link("link-chain.txt", "link-up.txt");
        Link("link-hidden.txt", ".git/config");
        Link("link-in.css", "assets/app.css");
        Link("mounted", "..data");
        return await server.StartAsync();

        void Link(string name, string target) => File.CreateSymbolicLink(Path.Combine(server.Dist.Path, name), target);
    }

    // HttpClient would normalize the path that is tested.
    private static async Task<string> GetRawAsync(RealmServerUnderTest server, string target, string accept)
    {
        var address = new Uri(server.Url);
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: {address.Authority}\r\nAccept: {accept}\r\nConnection: close\r\n\r\n"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
