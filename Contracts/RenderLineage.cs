using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Fleet.Contracts;

/// <summary>Which render caused this request. Pages of the fleet send it with everything they ask for, and whoever renders on their behalf
/// passes it on: so a render that another one waits for is known as such. Signed with the admin key, since it gets through where others wait.</summary>
/// <param name="RequestId">The logical call that began it: letters, digits and hyphens.</param>
/// <param name="Depth">0 for a render that a caller asked for, 1 for one that such a render caused, and so on.</param>
/// <param name="Priority">That call's priority.</param>
/// <param name="Expires">When nobody waits for it any more, in whole seconds. What a page is told, whoever wrote its scripts may keep.</param>
public sealed record RenderLineage(string RequestId, int Depth, int Priority, DateTimeOffset Expires)
{
    /// <summary>Deepest lineage that is believed.</summary>
    public const int MaxDepth = 8;

    /// <summary>How much longer than its render's deadline it holds, since the clocks of two machines differ: 30 s.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>The header's value: <c>id.depth.priority.expires.signature</c>.</summary>
    public string Sign(string key)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{RequestId}.{Depth}.{Priority}.{Expires.ToUnixTimeSeconds()}");
        return $"{text}.{Signature(text, key)}";
    }

    /// <summary>Reads a header's value. False for one that nobody with the key has signed; whether it has expired is for the reader to say.</summary>
    public static bool TryRead(string? text, string key, [NotNullWhen(true)] out RenderLineage? lineage)
    {
        lineage = null;
        var end = text?.LastIndexOf('.') ?? -1;
        if (text is null || end < 0 || text.Length > 512
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(text[(end + 1)..]), Encoding.UTF8.GetBytes(Signature(text[..end], key))))
        {
            return false;
        }

        if (text[..end].Split('.') is [.. var id, var depth, var priority, var expires]
            && int.TryParse(depth, NumberStyles.None, CultureInfo.InvariantCulture, out var deep)
            && int.TryParse(priority, NumberStyles.None, CultureInfo.InvariantCulture, out var urgent)
            && long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            && deep <= MaxDepth && urgent <= RenderLimits.MaxPriority)
        {
            lineage = new(string.Join('.', id), deep, urgent, DateTimeOffset.FromUnixTimeSeconds(seconds));
        }

        return lineage is not null;
    }

    private static string Signature(string text, string key) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes("lineage:" + text)));
}
