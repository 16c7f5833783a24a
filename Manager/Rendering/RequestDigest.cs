using System.Security.Cryptography;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Manager.Rendering;

/// <summary>Distinguishes requests with different answers. It covers all members, so a new option is included automatically.</summary>
internal static class RequestDigest
{
    /// <summary>The digest of a request, without what determines only when and in which pages it is rendered: affinity, deadline and priority.</summary>
    public static string Of(PageRequest request)
    {
        var same = request with { Affinity = null, DeadlineMs = null, Priority = 0 };
        if (same is RenderRequest { Formats: { } formats } render)
        {
            same = render with { Formats = [.. formats.Order()] };
        }

        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes<object>(same, FleetJson.Options)));
    }
}
