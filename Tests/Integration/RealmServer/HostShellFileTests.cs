using Fleet.RealmServer.HostShells;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.RealmServer;

public sealed class HostShellFileTests : IDisposable
{
    private const string A = "<html><head></head><div id=app></div></html>";
    private const string B = "<html><head></head><div id=app></div><p>b</p></html>";

    private const string WithScript = """<html><head><script src="/assets/app.js"></script></head><div id=app></div></html>""";

    private readonly TempFolder _dist = new();

    public void Dispose() => _dist.Dispose();

    [Fact]
    public void Look_ChangedFile_IsTakenWhenTwoLooksAgree()
    {
        var file = Open(A);
        _dist.Write("index.html", B);

        Assert.False(file.Poll());
        Assert.True(file.Poll());
        Assert.NotEqual(Token(A), file.Current.Token);
        Assert.False(file.Poll());
    }

    [Theory]
    [InlineData("""{ "builtAt": "2026-01-02T03:04:05Z" }""", true)]
    [InlineData("""{ "builtAt": "yesterday" }""", false)]
    [InlineData("""{ "other": 1 }""", false)]
    [InlineData("{", false)]
    public void BuiltAt_IsTheManifestsTime_ElseTheFiles(string manifest, bool isManifests)
    {
        _dist.Write("fleet-build.json", manifest);
        var file = Open(A);

        Assert.Equal(isManifests, file.Current.BuiltAt == new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        Assert.True(isManifests || file.Current.BuiltAt == File.GetLastWriteTimeUtc(file.IndexPath));
    }

    [Fact]
    public void Look_FileThatStillGrows_IsNotTaken()
    {
        var file = Open(A);
        for (var i = 0; i < 5; i++)
        {
            _dist.Write("index.html", B + new string(' ', i));
            Assert.False(file.Poll());
        }

        Assert.Equal(Token(A), file.Current.Token);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html><head></head><div id=app>")]
    public void Reload_HalfWrittenFile_KeepsTheLastGoodAndSaysWhy(string half)
    {
        var file = Open(A);
        _dist.Write("index.html", half);

        Assert.False(file.Reload());
        Assert.Equal(Token(A), file.Current.Token);
        Assert.Contains("index.html", file.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Look_DeletedFolderThatComesBack_KeepsThenTakes()
    {
        var file = Open(A);
        Directory.Delete(_dist.Path, recursive: true);
        Assert.False(file.Poll());
        Assert.Equal(Token(A), file.Current.Token);
        Assert.NotNull(file.Problem);

        _dist.Write("index.html", B);
        Assert.False(file.Poll());
        Assert.True(file.Poll());
        Assert.Null(file.Problem);
    }

    [Theory]
    [InlineData("<head></head><div id=app></div>", "<head></head><div id=app></div><p>")]
    [InlineData(A, "<!doctype html><title>b</title><div id=app></div><script src=/app.js></script>\n")]
    public void Reload_BuildThatOmitsEndTags_IsTaken(string before, string after)
    {
        var file = Open(before);
        _dist.Write("index.html", after);

        Assert.True(file.Reload(), file.Problem);
    }

    [Theory]
    [InlineData(null, "does not exist")]
    [InlineData("", "is empty")]
    public void Open_NoShell_NamesTheSetting(string? content, string reason)
    {
        if (content is not null)
        {
            _dist.Write("index.html", content);
        }

        var e = Assert.Throws<StartException>(() => Open());
        Assert.Contains("Host:Dist", e.Message, StringComparison.Ordinal);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ShellOverTheBound_NamesSizeAndBound()
    {
        _dist.Write("index.html", new string('x', HostShellFile.MaxBytes + 1));

        var e = Assert.Throws<StartException>(() => Open());
        Assert.Contains($"{HostShellFile.MaxBytes + 1}", e.Message, StringComparison.Ordinal);
        Assert.Contains($"{HostShellFile.MaxBytes}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Look_ScriptThatTheShellNames_ChangesTheTokenAndIsAsNewAsItself()
    {
        _dist.Write("assets/app.js", "1");
        var file = Open(WithScript);
        var (before, builtAt) = (file.Current.Token, file.Current.BuiltAt);

        _dist.Write("assets/app.js", "2");
        var changedAt = DateTime.UtcNow.AddMinutes(1);
        File.SetLastWriteTimeUtc(Path.Combine(_dist.Path, "assets/app.js"), changedAt);

        Assert.False(file.Poll());
        Assert.True(file.Poll());
        Assert.NotEqual(before, file.Current.Token);
        Assert.True(file.Current.BuiltAt > builtAt);
    }

    [Fact]
    public void Token_OfTheSameFilesWithOtherTimes_IsTheSame()
    {
        _dist.Write("assets/app.js", "1");
        var token = Open(WithScript).Current.Token;
        File.SetLastWriteTimeUtc(Path.Combine(_dist.Path, "assets/app.js"), DateTime.UtcNow.AddDays(-1));

        Assert.Equal(token, Open().Current.Token);
    }

    [Fact]
    public void Look_ScriptThatComesAfterTheShell_ChangesTheToken()
    {
        var file = Open(WithScript);
        _dist.Write("assets/app.js", "1");

        Assert.False(file.Poll());
        Assert.True(file.Poll());
    }

    [Theory]
    [InlineData("assets/other.js", "index.html does not name it")]
    [InlineData("assets/chunk-BRBmoGS9.js", "its name changes with its content")]
    public void Poll_OtherFile_ChangesNothing(string name, string reason)
    {
        _dist.Write(name, "1");
        var file = Open(A.Replace("</head>", """<script src="/assets/chunk-BRBmoGS9.js"></script></head>""", StringComparison.Ordinal));
        _dist.Write(name, "22");

        Assert.False(file.Poll() || file.Poll(), reason);
    }

    private static string Token(string text) => new ShellDocument(System.Text.Encoding.UTF8.GetBytes(text), default, []).Token;

    private HostShellFile Open(string? content = null)
    {
        if (content is not null)
        {
            _dist.Write("index.html", content);
        }

        return new(Options.Create(new HostAppOptions { Dist = _dist.Path }), NullLogger<HostShellFile>.Instance);
    }
}
