using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;

namespace Fleet.ServiceDefaults.Options;

/// <summary>What an admin key must be. Pages and Redis hold text that is signed with keys derived from it, so it must be too long to be guessed offline.</summary>
public static class AdminKeyRules
{
    /// <summary>Minimum length in characters.</summary>
    public const int MinLength = 32;

    /// <summary>Maximum length in characters.</summary>
    public const int MaxLength = 256;

    private const int MaxFileLength = 4096;

    /// <summary>Minimum number of different characters: a random key of 32 hex digits has more, a repeated word fewer.</summary>
    public const int MinDistinct = 8;

    /// <summary>The rule and how to satisfy it, as the end of a sentence about a key.</summary>
    public static readonly string Requirement =
        $"it must be {MinLength} to {MaxLength} visible ASCII characters without spaces, at least {MinDistinct} of them different. 'openssl rand -hex 32' makes one.";

    /// <summary>Whether a text is a key.</summary>
    public static bool IsKey(string text) =>
        text.Length is >= MinLength and <= MaxLength && text.All(static c => c is > ' ' and <= '~') && text.Distinct().Count() >= MinDistinct;

    /// <summary>A random key: 64 hex digits.</summary>
    public static string Generate() => RandomNumberGenerator.GetHexString(64, lowercase: true);

    /// <summary>The name of a file that stands for standard input.</summary>
    public const string StandardInput = "-";

    // Standard input can be read only once, and options are bound more than once.
    private static readonly Lazy<string> s_standardInput = new(static () => ReadAll(Console.In));

    /// <summary>Reads a key from a file, or from standard input for <c>-</c>; white space around it is ignored.</summary>
    /// <exception cref="StartException">The file cannot be read, or its content is not a key. The message does not contain the content.</exception>
    public static string Read(string path)
    {
        try
        {
            var key = (path == StandardInput ? s_standardInput.Value : ReadFile(path)).Trim();
            return IsKey(key) ? key : throw new StartException($"The admin key in {Name(path)} has {key.Length} characters: {Requirement}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The admin key in {Name(path)} cannot be read: {e.Message}", e);
        }
    }

    private static string Name(string path) => path == StandardInput ? "standard input" : $"'{path}'";

    private static string ReadFile(string path)
    {
        using var reader = new StreamReader(path);
        return ReadAll(reader);
    }

    // Reads no more than a key may have: a device or a pipe may be endless.
    private static string ReadAll(TextReader reader)
    {
        var buffer = new char[MaxFileLength];
        return new string(buffer, 0, reader.ReadBlock(buffer));
    }
}

/// <summary>Requires that a string is an admin key; see <see cref="AdminKeyRules"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AdminKeyAttribute : ValidationAttribute
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is null || (value is string key && AdminKeyRules.IsKey(key));

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) => AdminKeyRules.Requirement;
}
