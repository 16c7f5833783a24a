using System.Text.RegularExpressions;

namespace Fleet.Tests.Docs;

/// <summary>The tests that SECURITY.md names for its promises exist.</summary>
public sealed partial class SecurityTests
{
    private static readonly string s_document = File.ReadAllText(Repository.File("SECURITY.md"));

    private static readonly Dictionary<string, string> s_sources = Directory.EnumerateFiles(Repository.File("Tests"), "*.cs", SearchOption.AllDirectories)
        .GroupBy(static file => Path.GetFileName(file).Split('.')[0], StringComparer.Ordinal).ToDictionary(static files => files.Key, static files => string.Concat(files.Select(File.ReadAllText)), StringComparer.Ordinal);

    public static TheoryData<string> Named => [.. Names().Matches(s_document).Select(static match => match.Value.Trim('`')).Distinct(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Named))]
    public void Test_NamedInTheDocument_Exists(string name)
    {
        var (type, method) = name.Split('.') is [var owner, var test] ? (owner, test) : (name, "");
        Assert.True(s_sources.TryGetValue(type, out var source), $"There is no {type}.");
        Assert.Contains(method, source, StringComparison.Ordinal);
    }

    [Fact]
    public void Promises_EachRowOfATable_NamesATest()
    {
        var rows = s_document.Split('\n').SkipWhile(static line => !line.StartsWith("## The five boundaries", StringComparison.Ordinal)).Where(static line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| promised", StringComparison.Ordinal)).ToList();
        Assert.True(rows.Count > 25, $"Only {rows.Count} rows.");
        Assert.All(rows, static row => Assert.Matches(Names(), row));
    }

    [GeneratedRegex("`[A-Z][A-Za-z]*(Tests|Contract)(\\.[A-Za-z0-9]+(_[A-Za-z0-9]+)+)?`")]
    private static partial Regex Names();
}
