using Fleet.ServiceDefaults;
using Fleet.Standalone.Hosting;
using Microsoft.Extensions.Configuration;

namespace Fleet.Tests.Standalone;

public sealed class AdminKeyTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleet-key-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Open_DataFolderTwice_GivesOneKeyThatOnlyItsOwnerReads()
    {
        var first = AdminKey.Open(file: null, Environment(), _folder.FullName);
        var second = AdminKey.Open(file: null, Environment(), _folder.FullName);

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
        Assert.Null(AdminKey.Open(file: null, Environment(), dataFolder: null).File);
        Assert.NotEqual(AdminKey.Open(file: null, Environment(), dataFolder: null), AdminKey.Open(file: null, Environment(), dataFolder: null));
    }

    [Fact]
    public void Open_FileOfOnesOwn_ComesBeforeTheDataFolderAndLosesItsLineEnd()
    {
        var file = Path.Combine(_folder.FullName, "mine");
        File.WriteAllText(file, "my-own-key-of-more-than-32-characters\n");

        Assert.Equal(new("my-own-key-of-more-than-32-characters", file), AdminKey.Open(file, Environment(("Fleet:AdminKey", "another-key-that-is-in-the-environment")), _folder.FullName));
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "admin-key")));
    }

    [Fact]
    public void Open_Environment_ComesBeforeTheDataFolder()
    {
        const string key = "a-key-of-the-environment-that-is-long-enough";
        var file = Path.Combine(_folder.FullName, "named");
        File.WriteAllText(file, "a-key-in-a-file-that-the-environment-names");

        Assert.Equal(new(key, null), AdminKey.Open(file: null, Environment(("Fleet:AdminKey", key)), _folder.FullName));
        Assert.Equal(file, AdminKey.Open(file: null, Environment(("Fleet:AdminKeyFile", file)), _folder.FullName).File);
        var error = Assert.Throws<StartException>(() => AdminKey.Open(file: null, Environment(("Fleet:AdminKey", "weak")), _folder.FullName));
        Assert.StartsWith("Fleet:AdminKey has 4 characters: it must be 32 to 256", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_KeyAndFileInTheEnvironment_NamesBoth() => Assert.Equal(
        "Fleet:AdminKey and Fleet:AdminKeyFile are both set. Remove one of them.",
        Assert.Throws<StartException>(() => AdminKey.Open(file: null, Environment(("Fleet:AdminKey", "a-key-of-the-environment-that-is-long-enough"), ("Fleet:AdminKeyFile", "/a/file")), _folder.FullName)).Message);

    private static IConfiguration Environment(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(static setting => setting.Key, static string? (setting) => setting.Value)).Build();

    [Theory]
    [InlineData("short")]
    [InlineData("with a space in it, but long enough for a key")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("")]
    public void Open_FileWithoutAKey_NamesFileAndRuleButNotTheText(string text)
    {
        var file = Path.Combine(_folder.FullName, "mine");
        File.WriteAllText(file, text);

        var error = Assert.Throws<StartException>(() => AdminKey.Open(file, Environment(), dataFolder: null));

        Assert.Equal($"The admin key in '{file}' has {text.Length} characters: it must be 32 to 256 visible ASCII characters without spaces, at least 8 of them different. 'openssl rand -hex 32' makes one.", error.Message);
    }
}
