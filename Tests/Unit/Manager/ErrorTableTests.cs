using System.Text.RegularExpressions;
using Fleet.Tests.Docs;

namespace Fleet.Tests.Manager;

/// <summary>The error tables in docs/api.md list every reason that the manager returns, and no other.</summary>
public sealed partial class ErrorTableTests
{
    /// <summary>Reasons of all services, or passed on from prerender servers.</summary>
    private static readonly string[] s_common =
        ["401 wrong-admin-key", "401 no-admin-key", "400 malformed-json", "413 body-too-large", "422 key-reused", "503 breaker-open",
         "403 host-not-allowed", "403 cross-site", "403 cross-origin", "429 too-many-streams", "503 too-many-listeners"];

    [Fact]
    public void Tables_EveryRefusal_HasItsRow()
    {
        var known = Directory.EnumerateFiles(Path.GetDirectoryName(Repository.File("Manager/Manager.csproj"))!, "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Errors().Matches(File.ReadAllText(file)))
            // 429 and 503 share a line of code, and the reasons of UnavailableReason a method.
            .SelectMany(match => match.Groups["status"].Value is { Length: > 0 } statuses
                ? Digits().Matches(statuses).Select(status => $"{status.Value} {match.Groups["reason"].Value}")
                : [$"503 {match.Groups["reason"].Value}"])
            .Concat(s_common)
            .ToHashSet(StringComparer.Ordinal);
        var rows = File.ReadLines(Repository.File("docs/api.md"))
            .Select(line => Row().Match(line))
            .Where(row => row.Success)
            .SelectMany(row => Reason().Matches(row.Groups["reasons"].Value).Select(reason => $"{row.Groups["status"].Value} {reason.Groups["reason"].Value}"))
            .ToHashSet(StringComparer.Ordinal);

        Assert.Contains("429 queue-full", known);
        Assert.True(known.SetEquals(rows), $"Only in the code: {string.Join(", ", known.Except(rows))}. Only in docs/api.md: {string.Join(", ", rows.Except(known))}.");
    }

    [GeneratedRegex(@"(?<status>\d{3}(?: : \d{3})?), ""(?<reason>[a-z-]+)""|(?<![A-Za-z])Error\(""(?<reason>[a-z-]+)""")]
    private static partial Regex Errors();

    [GeneratedRegex(@"\d{3}")]
    private static partial Regex Digits();

    [GeneratedRegex(@"^\| (?<status>\d{3}) \| (?<reasons>(?:`[a-z-]+`(?:, )?)+) \|")]
    private static partial Regex Row();

    [GeneratedRegex("`(?<reason>[a-z-]+)`")]
    private static partial Regex Reason();
}
