using System.Text.RegularExpressions;
using Fleet.ServiceDefaults.Options;
using Fleet.Tests.Docs;

namespace Fleet.Tests.Deploy;

/// <summary>Every setting that documents and files for a deployment name exists; a service refuses to start with any other.</summary>
public sealed partial class SettingNamesTests
{
    public static TheoryData<string> Files =>
    [
        "docs/deploying.md",
        .. Directory.EnumerateFiles(Repository.File("deploy"), "*", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateDirectories(Repository.File(".")).Select(folder => Path.Combine(folder, "Dockerfile")).Where(File.Exists))
            .Select(file => Path.GetRelativePath(Repository.File("."), file))
            .Where(file => !file.StartsWith("deploy/secrets", StringComparison.Ordinal) && Path.GetFileName(file) != ".env")
            .Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void Settings_NamedInAFile_Exist(string file) =>
        Assert.Empty(Unknown(File.ReadAllText(Repository.File(file))));

    [Theory]
    [InlineData("Pool__Slot: \"8\"", "Pool:Slot")]
    [InlineData("set `Registration:Adress`", "Registration:Adress")]
    [InlineData("Fleet__AllowedOrigins__0=https://a.example Fleet:AdminKeyFile", null)]
    [InlineData("Host: www.example.com", null)]
    public void Unknown_Text_FindsWhatIsNoSetting(string text, string? unknown) => Assert.Equal(unknown is null ? [] : [unknown], Unknown(text));

    private static IEnumerable<string> Unknown(string text)
    {
        var known = SettingsTable.Names();
        return Name().Matches(text).Select(match => match.Value.Replace("__", ":", StringComparison.Ordinal)).Distinct()
            .Where(name => SettingSections.All.Contains(name.Split(':')[0]) && !name.StartsWith("Logging:", StringComparison.Ordinal))
            .Where(name => !known.Contains(name) && !known.Any(setting => name.StartsWith(setting + ":", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"(?<![\w:])[A-Z][A-Za-z]+((:|__)([A-Z][A-Za-z]*|\d+))+")]
    private static partial Regex Name();
}
