using System.Text.RegularExpressions;

namespace Fleet.Tests.Sample;

/// <summary>The host app needs nothing but its own files, loads them without a waterfall, and its shell names all of them.</summary>
public sealed partial class HostAppTests
{
    private static readonly string s_indexFile = Path.Combine(SampleFiles.HostApp, "index.html");

    // Path below the host app's folder, as a URL has it, and text.
    private static readonly SortedDictionary<string, string> s_assets = new(
        Directory.GetFiles(Path.Combine(SampleFiles.HostApp, "assets"), "*", SearchOption.AllDirectories)
            .ToDictionary(file => "/" + Path.GetRelativePath(SampleFiles.HostApp, file).Replace('\\', '/'), file => File.ReadAllText(file).ReplaceLineEndings("\n")),
        StringComparer.Ordinal);

    [Theory]
    [InlineData("<!--fleet:head-->")]
    [InlineData("<!--fleet:body-->")]
    public void Index_ForRenderedContent_HasTheMarkerOnce(string marker) => Assert.Equal(2, File.ReadAllText(s_indexFile).Split(marker).Length);

    [Fact]
    public void Index_OnAnyRoute_RefersToFilesThatExist()
    {
        var references = Reference().Matches(File.ReadAllText(s_indexFile)).Select(match => match.Groups["url"].Value);

        Assert.All(references, url => Assert.Contains(url, s_assets.Keys));
    }

    // Preloading avoids a waterfall. The version of the app is derived from the files that index.html names, so a change of a module that it does not name would go unnoticed.
    [Fact]
    public void Index_ForEveryModule_HasAPreload()
    {
        var index = File.ReadAllText(s_indexFile);
        var modules = s_assets.Keys.Where(path => path.EndsWith(".js", StringComparison.Ordinal) && path != "/assets/app.js");

        Assert.All(modules, module => Assert.Contains($"""<link rel="modulepreload" href="{module}">""", index, StringComparison.Ordinal));
    }

    [Fact]
    public void Modules_OfHostApp_ImportFilesThatExist() => Assert.All(s_assets, asset =>
    {
        foreach (Match import in Import().Matches(asset.Value))
        {
            var target = new Uri(new Uri("http://host" + asset.Key), import.Groups["path"].Value).AbsolutePath;
            Assert.Contains(target, s_assets.Keys);
        }
    });

    [Fact]
    public void Files_OfHostApp_NameNoOtherSite()
    {
        var names = s_assets.Append(new("/index.html", File.ReadAllText(s_indexFile)))
            .SelectMany(file => Site().Matches(file.Value).Select(match => $"{file.Key}: {match.Value}"))
            // The name of a vocabulary, and a base for the URL parser; neither is fetched.
            .Where(found => !found.EndsWith("http://www.w3.org", StringComparison.Ordinal) && !found.EndsWith("http://site.invalid", StringComparison.Ordinal));

        Assert.Empty(names);
    }

    [GeneratedRegex("""(?:href|src)="(?<url>[^"]*)""")]
    private static partial Regex Reference();

    [GeneratedRegex("""(?:from|import)\s*\(?'(?<path>\.[^']*\.js)'""")]
    private static partial Regex Import();

    [GeneratedRegex("""\bhttps?://[a-z0-9][a-z0-9.-]*""")]
    private static partial Regex Site();
}
