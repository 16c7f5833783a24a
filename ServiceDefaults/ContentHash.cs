using System.Text.RegularExpressions;

namespace Fleet.ServiceDefaults;

/// <summary>Recognizes content hashes in file names, as bundlers emit them: <c>index-BRBmoGS9.js</c>, <c>main.8f3a2b1c.chunk.css</c>, <c>dotnet.57ptqswp9p.js</c>.
/// Such a file never changes, so it may be cached for ever, and its content identifies no version.</summary>
/// <remarks>A name that is mistaken for a hash keeps an old file for a year; a hash that is not recognized costs a conditional request. So text that could be words, a number
/// or a date is no hash: <c>mainPage</c>, <c>awesome5</c>, <c>es5Router</c>, <c>20241231</c>. About seven of ten hashes of Vite and nearly all long ones are recognized.</remarks>
public static partial class ContentHash
{
    // The length of the hashes of Vite and esbuild, and the minimum of others.
    private const int Length = 8;

    // Text with several numbers in it is a hash if it changes between letters and digits at least this often for its length.
    private const double MinChanges = 0.33;

    private const int Digit = 0;
    private const int Small = 1;
    private const int Capital = 2;

    /// <summary>Whether a part of a file name can only be a content hash.</summary>
    /// <param name="fileName">The name with its extension, without a path or query.</param>
    public static bool IsIn(string fileName) => Parts(fileName).Any(part => MayBeHash(part) && IsHash(part));

    /// <summary>Whether a part of a file name may be a content hash: a word with a digit or with an inner capital, too.</summary>
    /// <param name="fileName">The name with its extension, without a path or query.</param>
    public static bool MayBeIn(string fileName) => Parts(fileName).Any(MayBeHash);

    // What is between dots and dashes before the extension.
    private static IEnumerable<string> Parts(string fileName) => Path.GetFileNameWithoutExtension(fileName) is var stem && stem.Length < fileName.Length
        ? stem.Split('.', '-').Where(part => part.Length >= Length && part.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        : [];

    private static bool MayBeHash(string part) => part.Any(char.IsAsciiDigit) || (part[1..].Any(char.IsAsciiLetterUpper) && part.Any(char.IsAsciiLetterLower));

    private static bool IsHash(string part) => Number().Count(part) > 1
        ? Changes(part) is var changes && (changes >= MinChanges * (part.Length - 1) || (part.Length >= 2 * Length && changes > 2 && part.All(char.IsAsciiHexDigitLower)))
        : part.Length == Length && !Words().IsMatch(part.Replace("_", "", StringComparison.Ordinal));

    // How often the kind of character changes: digit, small letter, capital. A capital before small letters begins a word, and underscores join words: they count for nothing.
    private static int Changes(string part)
    {
        var kinds = part.Where(char.IsAsciiLetterOrDigit).Select(c => char.IsAsciiDigit(c) ? Digit : char.IsAsciiLetterLower(c) ? Small : Capital).ToList();
        return kinds.Zip(kinds.Skip(1)).Count(pair => pair.First != pair.Second && pair is not (Capital, Small));
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();

    // camelCase, an acronym among words, or a number with words: with one number, or with a number after each word.
    [GeneratedRegex("^(?:[A-Z]?(?:[A-Z]?[a-z]+[0-9]*)+[A-Z]?[0-9]*|[a-z]*[A-Z]{2,}[a-z]*[0-9]*|[A-Z]+[0-9]+[A-Z]?[a-z]*|[a-z]+[0-9]+[A-Z]+|[0-9]+[A-Za-z]*)$")]
    private static partial Regex Words();
}
