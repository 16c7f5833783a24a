using System.Buffers;

namespace Fleet.Contracts;

/// <summary>Finds words that identify crawlers in the header <c>User-Agent</c>, ignoring case. A word that begins with <c>^</c> is where the header begins: the browsers of apps
/// have the app's name further back, such as <c>Mozilla/5.0 … Viber/11.9</c>, and its link previews in front.</summary>
/// <param name="words">The words.</param>
public sealed class CrawlerWords(IEnumerable<string> words)
{
    private readonly SearchValues<string> _anywhere = SearchValues.Create([.. words.Where(static word => !IsBeginning(word))], StringComparison.OrdinalIgnoreCase);
    private readonly string[] _beginnings = [.. words.Where(IsBeginning).Select(static word => word[1..])];

    /// <summary>Whether a user agent has one of the words.</summary>
    public bool AreIn(string userAgent) =>
        userAgent.AsSpan().ContainsAny(_anywhere) || Array.Exists(_beginnings, word => userAgent.StartsWith(word, StringComparison.OrdinalIgnoreCase));

    // A caret alone would match every visitor.
    private static bool IsBeginning(string word) => word.Length > 1 && word[0] == '^';
}
