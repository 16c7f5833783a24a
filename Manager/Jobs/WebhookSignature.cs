using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Fleet.Manager.Jobs;

/// <summary>The signature of a webhook, as Standard Webhooks defines it: HMAC-SHA256 of id, timestamp and body.</summary>
internal static class WebhookSignature
{
    private const string Base64Prefix = "whsec_";

    /// <summary>The value of the header <c>webhook-signature</c>.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="id">The value of <c>webhook-id</c>.</param>
    /// <param name="seconds">The value of <c>webhook-timestamp</c>: seconds since 1970.</param>
    /// <param name="body">The body.</param>
    public static string Create(string secret, string id, long seconds, string body) =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(KeyOf(secret) ?? [], Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{seconds}.{body}"))));

    /// <summary>The key of a secret: what follows <c>whsec_</c> in base64, otherwise the text itself; null when the base64 is not valid.</summary>
    public static byte[]? KeyOf(string secret)
    {
        if (!secret.StartsWith(Base64Prefix, StringComparison.Ordinal))
        {
            return Encoding.UTF8.GetBytes(secret);
        }

        var key = new byte[secret.Length];
        return Convert.TryFromBase64String(secret[Base64Prefix.Length..], key, out var length) && length > 0 ? key[..length] : null;
    }
}
