using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Fleet.Contracts;

namespace Fleet.RealmServer.Rendering;

/// <summary>Computes a page's entity tag.</summary>
internal static class PageETag
{
    /// <summary>The unquoted entity tag. Changes with the source, the status, the redirect target, the headers and every rendered text.</summary>
    /// <param name="source">The source's own tag; empty if it has none.</param>
    /// <param name="result">The render's result.</param>
    public static string Of(string source, RenderResult result)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(source);
        Append(result.Status.ToString(CultureInfo.InvariantCulture));
        Append(result.RedirectUrl ?? "");
        foreach (var (name, value) in (PageHeaderRules.Passed(result.Headers) ?? new Dictionary<string, string>()).OrderBy(h => h.Key, StringComparer.OrdinalIgnoreCase))
        {
            Append(name);
            Append(value);
        }

        foreach (var (format, text) in result.Formats.OrderBy(f => f.Key))
        {
            Append(format.ToString());
            Append(text);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(..12));

        void Append(string text)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(text));
            // The separator distinguishes "ab" + "c" from "a" + "bc".
            hash.AppendData([0]);
        }
    }
}
