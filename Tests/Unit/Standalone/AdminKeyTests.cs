using Fleet.ServiceDefaults;
using Fleet.Standalone.Hosting;

namespace Fleet.Tests.Standalone;

public sealed class AdminKeyTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleet-key-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Open_DataFolderTwice_GivesOneKeyThatOnlyItsOwnerReads()
    {
        var first = AdminKey.Open(file: null, _folder.FullName);
        var second = AdminKey.Open(file: null, _folder.FullName);

        Assert.Equal(first, second);
        Assert.Equal(Path.Combine(_folder.FullName, "admin-key"), first.File);
        Assert.Equal(64, first.Value.Length);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(first.File!));
        }
    }

    [Fact]
    public void Open_Nothing_GivesAnotherKeyEachTimeAndNoFile()
    {
        Assert.Null(AdminKey.Open(file: null, dataFolder: null).File);
        Assert.NotEqual(AdminKey.Open(file: null, dataFolder: null), AdminKey.Open(file: null, dataFolder: null));
    }

    [Fact]
    public void Open_FileOfOnesOwn_ComesBeforeTheDataFolderAndLosesItsLineEnd()
    {
        var file = Path.Combine(_folder.FullName, "mine");
        File.WriteAllText(file, "my-own-key-of-more-than-32-characters\n");

        Assert.Equal(new("my-own-key-of-more-than-32-characters", file), AdminKey.Open(file, _folder.FullName));
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "admin-key")));
    }

    [Theory]
    [InlineData("short")]
    [InlineData("with a space in it, but long enough for a key")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("")]
    public void Open_FileWithoutAKey_NamesFileAndRuleButNotTheText(string text)
    {
        var file = Path.Combine(_folder.FullName, "mine");
        File.WriteAllText(file, text);

        var error = Assert.Throws<StartException>(() => AdminKey.Open(file, dataFolder: null));

        Assert.Equal($"The admin key in '{file}' has {text.Length} characters: it must be 32 to 256 visible ASCII characters without spaces, at least 8 of them different. 'openssl rand -hex 32' makes one.", error.Message);
    }
}
