using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Fleet.Contracts;

/// <summary>Identifies the render that caused a request. Pages of the fleet send it with every request, and services that render on their behalf forward it, so that
/// nested renders are recognized. It is signed with a key of the fleet, because nested renders bypass queues.</summary>
/// <param name="RequestId">Request id of the original call: letters, digits and hyphens.</param>
/// <param name="Depth">0 for a render that a caller requested, 1 for a render that such a render caused, and so on.</param>
/// <param name="Priority">Priority of that render.</param>
/// <param name="Expires">When the render is certainly over, in whole seconds. The lineage expires because a page's scripts can keep it.</param>
public sealed record RenderLineage(string RequestId, int Depth, int Priority, DateTimeOffset Expires)
{
    /// <summary>Maximum accepted depth.</summary>
    public const int MaxDepth = 8;

    /// <summary>How long the lineage outlives the deadline of its render, to allow for clock differences between machines: 30 s.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>The signed header value: <c>id.depth.priority.expires.signature</c>.</summary>
    public string Sign(ReadOnlySpan<byte> key)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{RequestId}.{Depth}.{Priority}.{Expires.ToUnixTimeSeconds()}");
        return $"{text}.{Signature(text, key)}";
    }

    /// <summary>Parses a header value. False if it is malformed or not signed with <paramref name="key"/>. Does not check <see cref="Expires"/>.</summary>
    public static bool TryRead(string? text, ReadOnlySpan<byte> key, [NotNullWhen(true)] out RenderLineage? lineage)
    {
        lineage = null;
        var end = text?.LastIndexOf('.') ?? -1;
        if (text is null || end < 0 || text.Length > 512
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(text[(end + 1)..]), Encoding.UTF8.GetBytes(Signature(text[..end], key))))
        {
            return false;
        }

        if (text[..end].Split('.') is [.. var id, var depth, var priority, var expires]
            && int.TryParse(depth, NumberStyles.None, CultureInfo.InvariantCulture, out var depthValue)
            && int.TryParse(priority, NumberStyles.None, CultureInfo.InvariantCulture, out var priorityValue)
            && long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            && depthValue <= MaxDepth && priorityValue <= RenderLimits.MaxPriority)
        {
            lineage = new(string.Join('.', id), depthValue, priorityValue, DateTimeOffset.FromUnixTimeSeconds(seconds));
        }

        return lineage is not null;
    }

    private static string Signature(string text, ReadOnlySpan<byte> key) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
}
