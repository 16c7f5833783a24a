using System.Text.Json;
using System.Text.RegularExpressions;
using Fleet.Tests.Docs;
using YamlDotNet.Serialization;

namespace Fleet.Tests.Deploy;

/// <summary>The files for contributors are valid and have the required parts of their kind.</summary>
public sealed partial class ProjectFilesTests
{
    public static TheoryData<string> YamlFiles => [.. Directory.EnumerateFiles(Repository.File(".github"), "*.yml", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Repository.File("."), file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(YamlFiles))]
    public void Yaml_File_IsAMapWithoutDuplicateKeys(string file) => Assert.NotEmpty(Read(file));

    [Fact]
    public void Workflow_EveryJob_IsBoundedAndItsActionsAreVersions()
    {
        var workflow = Read(".github/workflows/ci.yml");

        Assert.Equal(new Dictionary<object, object> { ["contents"] = "read" }, workflow["permissions"]);
        foreach (var (name, job) in (Dictionary<object, object>)workflow["jobs"])
        {
            var map = (Dictionary<object, object>)job;
            Assert.True(map.ContainsKey("timeout-minutes"), $"The job {name} has no timeout.");
            Assert.All(
                ((List<object>)map["steps"]).Cast<Dictionary<object, object>>().Where(step => step.ContainsKey("uses")).Select(step => (string)step["uses"]),
                action => Assert.Matches("@(v[0-9]+|[0-9a-f]{40})", action));
        }

        // An expression inside a script would execute text of a branch name or a title.
        Assert.DoesNotMatch(@"run: .*\$\{\{", File.ReadAllText(Repository.File(".github/workflows/ci.yml")));
    }

    [Fact]
    public void Devcontainer_Sdk_IsThatOfGlobalJson()
    {
        using var container = JsonDocument.Parse(File.ReadAllText(Repository.File(".devcontainer/devcontainer.json")));
        using var global = JsonDocument.Parse(File.ReadAllText(Repository.File("global.json")));

        var sdk = container.RootElement.GetProperty("features").EnumerateObject().Single(feature => feature.Name.Contains("/dotnet:", StringComparison.Ordinal)).Value.GetProperty("version").GetString();
        Assert.StartsWith(sdk + ".", global.RootElement.GetProperty("sdk").GetProperty("version").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Changelog_FirstVersion_IsThatOfTheAssemblies()
    {
        var version = typeof(global::Fleet.Manager.ManagerApp).Assembly.GetName().Version!.ToString(3);

        Assert.StartsWith($"## {version},", File.ReadLines(Repository.File("CHANGELOG.md")).First(line => line.StartsWith("## ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Ci_RunsTheTestsWithTheCommandOfTheReadme()
    {
        Assert.Contains("`dotnet test`", File.ReadAllText(Repository.File("README.md")), StringComparison.Ordinal);
        Assert.Contains("dotnet test", File.ReadAllLines(Repository.File(".ci/run")));
    }

    /// <summary>Links from the pages for deployments and contributors to files of the repository.</summary>
    [Theory]
    [InlineData("README.md")]
    [InlineData("SECURITY.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("CHANGELOG.md")]
    [InlineData("docs/deploying.md")]
    public void Links_ToFiles_Exist(string file)
    {
        var folder = Path.GetDirectoryName(Repository.File(file))!;

        Assert.Empty(Link().Matches(File.ReadAllText(Repository.File(file))).Select(match => match.Groups["target"].Value)
            .Where(target => target != "" && !target.Contains("://", StringComparison.Ordinal))
            .Where(target => !Path.Exists(Path.Combine(folder, target)))
            .Select(target => $"{file} links to {target}, which does not exist."));
    }

    private static Dictionary<object, object> Read(string file) =>
        new DeserializerBuilder().WithDuplicateKeyChecking().Build().Deserialize<Dictionary<object, object>>(File.ReadAllText(Repository.File(file)));

    [GeneratedRegex(@"\]\((?<target>[^)#\s]*)(#[^)\s]*)?\)")]
    private static partial Regex Link();
}
