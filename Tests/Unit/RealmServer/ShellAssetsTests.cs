using System.Text;
using Fleet.RealmServer.HostShells;

namespace Fleet.Tests.RealmServer;

public sealed class ShellAssetsTests : IDisposable
{
    private readonly TempFolder _dist = new();

    public void Dispose() => _dist.Dispose();

    [Theory]
    [InlineData("<script src=/app.js></script>", "/app.js")]
    [InlineData("<script type=module src='app.js?v=2#x'></script>", "/app.js")]
    [InlineData("<base href=/sub/><script src=./a/../app.js></script>", "/sub/app.js")]
    [InlineData("<link rel=stylesheet href=/a.css><link rel='preload x' href=/b.json><link rel=modulepreload href=/c.mjs>", "/a.css /b.json /c.mjs")]
    [InlineData("<script src=/a.js></script><link rel=modulepreload href=/a.js>", "/a.js")]
    [InlineData("<script src=/with%20space.js></script>", "/with space.js")]
    [InlineData("<script src=/index-BRBmoGS9.js></script>", "")]
    [InlineData("<script src=/app-mainBundle.js></script><script src=/chunk-polyfills2.js></script><link rel=stylesheet href=/font-awesome5.css>", "/app-mainBundle.js /chunk-polyfills2.js /font-awesome5.css")]
    [InlineData("<link rel=icon href=/favicon.svg><link rel=canonical href=/page>", "")]
    [InlineData("<script src=https://cdn.example/app.js></script><script src=//cdn.example/app.js></script><script src=data:,1></script>", "")]
    [InlineData("<script src></script><script src=/></script><script src=/folder/></script><script src=/%00.js></script><script src='http://['></script>", "")]
    [InlineData("<script>import '/inline.js'</script><!--<script src=/gone.js></script>-->", "")]
    public void PathsIn_Shell_AreItsOwnScriptsAndStylesWithoutAHash(string head, string expected) =>
        Assert.Equal(expected, string.Join(' ', ShellAssets.PathsIn(Encoding.UTF8.GetBytes($"<html><head>{head}</head></html>"))));

    [Fact]
    public void PathsIn_ShellThatNamesVeryMany_IsBounded()
    {
        var scripts = string.Concat(Enumerable.Range(0, ShellAssets.MaxFiles + 1).Select(i => $"<script src=/{i}.js></script>"));

        Assert.Equal(ShellAssets.MaxFiles, ShellAssets.PathsIn(Encoding.UTF8.GetBytes(scripts)).Count);
    }

    [Fact]
    public void Read_LinkChangesItsTarget_ReadsTheNewFile()
    {
        _dist.Write("v1/app.js", "1");
        _dist.Write("v2/app.js", "2");
        var current = Directory.CreateSymbolicLink(Path.Combine(_dist.Path, "current"), "v1");
        var (assets, shell) = (new ShellAssets(_dist.Path), "<script src=/current/app.js></script>"u8.ToArray());
        var first = assets.Read(shell);
        File.SetLastWriteTimeUtc(Path.Combine(_dist.Path, "v2/app.js"), first[0].ChangedAt.AddSeconds(1));
        current.Delete();
        Directory.CreateSymbolicLink(Path.Combine(_dist.Path, "current"), "v2");

        Assert.NotEqual(first[0].Digest, assets.Read(shell)[0].Digest);
    }

    [Fact]
    public void Read_NameOfAFolder_IsAMissingFile()
    {
        _dist.Write("api/x", "1");

        Assert.Equal("", Assert.Single(new ShellAssets(_dist.Path).Read("<link rel=preload href=/api>"u8.ToArray())).Digest);
    }
}
