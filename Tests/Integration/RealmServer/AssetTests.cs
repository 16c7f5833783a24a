using System.IO.Compression;
using System.Net;
using System.Text;

namespace Fleet.Tests.RealmServer;

public sealed class AssetTests
{
    [Fact]
    public async Task Asset_WithAHash_IsCacheableForever()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();

        var hashed = await server.GetAsync("assets/index-BRBmoGS9.js", "*/*");
        var plain = await server.GetAsync("assets/app.css", "*/*");

        Assert.Equal("public, max-age=31536000, immutable", hashed.Headers.CacheControl?.ToString());
        Assert.Equal("text/javascript", hashed.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no-cache", plain.Headers.CacheControl?.ToString());
        Assert.Equal("text/css", plain.Content.Headers.ContentType?.MediaType);
        Assert.False(plain.Headers.Contains("X-Host-Shell"));
    }

    [Theory]
    [InlineData("assets/long.js", "br", "br")]
    [InlineData("assets/long.js", "gzip", "gzip")]
    [InlineData("assets/long.js", null, null)]
    [InlineData("assets/photo.png", "br", null)]
    public async Task Asset_Text_IsCompressedForClientsThatAcceptIt(string path, string? accepted, string? coding)
    {
        await using var server = new RealmServerUnderTest();
        var text = string.Concat(Enumerable.Repeat("export const element = 'hydrogen';\n", 200));
        server.Dist.Write("assets/long.js", text);
        server.Dist.Write("assets/photo.png", text);
        await server.StartAsync();

        var response = await server.GetAsync(path, "*/*", Accepting);

        Assert.Equal(coding is null ? [] : [coding], response.Content.Headers.ContentEncoding);
        Assert.Equal(coding is null, response.Content.Headers.ContentLength == text.Length);
        Assert.Equal(path.EndsWith(".js", StringComparison.Ordinal), response.Headers.Vary.Contains("Accept-Encoding"));
        var again = await server.GetAsync(path, "*/*", r => { Accepting(r); r.Headers.IfNoneMatch.Add(response.Headers.ETag!); });
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        var part = await server.GetAsync(path, "*/*", r => { Accepting(r); r.Headers.Range = new(0, 5); });
        Assert.Equal("export", await part.Content.ReadAsStringAsync());

        void Accepting(HttpRequestMessage request)
        {
            if (accepted is not null)
            {
                request.Headers.AcceptEncoding.Add(new(accepted));
            }
        }
    }

    [Theory]
    [InlineData("br")]
    [InlineData("identity")]
    public async Task Asset_RemovedAfterItWasFound_IsA404(string coding)
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        // A link without a target counts as a file until it is opened.
        File.CreateSymbolicLink(Path.Combine(server.Dist.Path, "assets", "gone-BRBmoGS9.js"), Path.Combine(server.Dist.Path, "nowhere.js"));

        var response = await server.GetAsync("assets/gone-BRBmoGS9.js", "*/*", request => request.Headers.AcceptEncoding.Add(new(coding)));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
    }

    [Fact]
    public async Task Asset_ConditionalRangeAndHead_AreAnswered()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        var etag = (await server.GetAsync("assets/app.css", "*/*")).Headers.ETag!;

        Assert.Equal(HttpStatusCode.NotModified, (await server.GetAsync("assets/app.css", "*/*", r => r.Headers.IfNoneMatch.Add(etag))).StatusCode);
        var part = await server.GetAsync("assets/app.css", "*/*", r => r.Headers.Range = new(0, 3));
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal("body", await part.Content.ReadAsStringAsync());
        Assert.Empty(await (await server.GetAsync("assets/app.css", "*/*", method: HttpMethod.Head)).Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("avif", "image/avif", false)]
    [InlineData("m3u8", "application/vnd.apple.mpegurl", true)]
    [InlineData("mjs", "text/javascript", true)]
    [InlineData("rss", "application/rss+xml", true)]
    [InlineData("atom", "application/atom+xml", true)]
    [InlineData("vtt", "text/vtt", true)]
    [InlineData("wasm", "application/wasm", true)]
    [InlineData("webmanifest", "application/manifest+json", true)]
    [InlineData("yaml", "application/yaml", true)]
    [InlineData("yml", "application/yaml", true)]
    [InlineData("jsonld", "application/ld+json", true)]
    [InlineData("geojson", "application/geo+json", true)]
    [InlineData("glb", "model/gltf-binary", false)]
    [InlineData("jxl", "image/jxl", false)]
    [InlineData("svgz", "image/svg+xml", true)]
    [InlineData("unknown", "application/octet-stream", false)]
    public async Task Asset_Extension_HasItsTypeAndIsCompressedIfItIsText(string extension, string type, bool isText)
    {
        await using var server = new RealmServerUnderTest();
        server.Dist.Write($"files/file.{extension}", new string('x', 5_000));
        await server.StartAsync();

        using var response = await server.GetAsync($"files/file.{extension}", "*/*", request => request.Headers.AcceptEncoding.Add(new("br")));

        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(isText ? ["br"] : [], response.Content.Headers.ContentEncoding);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("identity")]
    public async Task Asset_CompressedSvg_SaysSoAndIsNotCompressedAgain(string accepted)
    {
        await using var server = new RealmServerUnderTest();
        Directory.CreateDirectory(Path.Combine(server.Dist.Path, "assets"));
        await using (var zip = new GZipStream(File.Create(Path.Combine(server.Dist.Path, "assets/logo.svgz")), CompressionLevel.Fastest))
        {
            await zip.WriteAsync(Encoding.UTF8.GetBytes("<svg xmlns='http://www.w3.org/2000/svg'/>"));
        }

        await server.StartAsync();
        using var response = await server.GetAsync("assets/logo.svgz", "*/*", request => request.Headers.AcceptEncoding.Add(new(accepted)));

        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        Assert.Equal("image/svg+xml", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(server.Dist.Path, "assets/logo.svgz")), await response.Content.ReadAsByteArrayAsync());
    }

    // Folders of Blazor, Next.js, Nuxt, SvelteKit and Astro.
    [Theory]
    [InlineData("_framework")]
    [InlineData("_next")]
    [InlineData("_nuxt")]
    [InlineData("_app")]
    [InlineData("_astro")]
    public async Task Asset_InAFolderWithAnUnderscore_IsServedAndWhatIsMissingIsNoRoute(string folder)
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        server.Dist.Write($"{folder}/app.js", "run()");
        server.Dist.Write($"{folder}/.env", "secret");

        Assert.Equal("run()", await (await server.GetAsync($"{folder}/app.js", "*/*")).Content.ReadAsStringAsync());
        foreach (var path in (string[])[$"{folder}/", $"{folder}/missing.js", $"{folder}/route", $"{folder}/.env"])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync(path, "text/html")).StatusCode);
        }
    }

    [Fact]
    public async Task Asset_FileForOtherServers_IsNotServed()
    {
        await using var server = await new RealmServerUnderTest().StartAsync();
        server.Dist.Write("_headers", "/*\n  Basic-Auth: ada:secret");

        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("_headers", "*/*")).StatusCode);
    }
}
