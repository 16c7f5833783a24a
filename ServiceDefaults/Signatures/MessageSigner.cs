using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Fleet.ServiceDefaults.Signatures;

/// <summary>Signs the fleet's own requests and its key directory.</summary>
/// <param name="signer">The key.</param>
/// <param name="agent">The origin that the signatures name.</param>
/// <param name="timeProvider">The clock.</param>
public sealed class MessageSigner(Ed25519Signer signer, string agent, TimeProvider timeProvider)
{
    private const string Label = "fleet";

    /// <summary>How long a signature of a request counts: 1 min. It is made right before the request.</summary>
    private static readonly TimeSpan s_requestValidity = TimeSpan.FromMinutes(1);

    /// <summary>How long the signature of the directory counts: 1 d.</summary>
    private static readonly TimeSpan s_directoryValidity = TimeSpan.FromDays(1);

    /// <summary>The headers that sign a request for a URL.</summary>
    public IReadOnlyDictionary<string, string> SignRequest(Uri url)
    {
        var named = $"{Label}=\"{agent}\"";
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
        var headers = Sign(
            $"(\"@authority\" \"signature-agent\";key=\"{Label}\")", "web-bot-auth", s_requestValidity, nonce,
            new("GET", url.Scheme, SignedMessage.AuthorityOf(url), url.PathAndQuery, name => name == "signature-agent" ? named : null));
        return new Dictionary<string, string>(headers) { ["Signature-Agent"] = named };
    }

    /// <summary>The headers of a response with the directory. They bind the keys to the site, and the content by its digest.</summary>
    /// <param name="body">The directory.</param>
    public IReadOnlyDictionary<string, string> SignDirectory(byte[] body)
    {
        var digest = $"sha-256=:{Convert.ToBase64String(SHA256.HashData(body))}:";
        var site = new Uri(agent);
        var headers = Sign(
            "(\"@authority\";req \"content-digest\")", "http-message-signatures-directory", s_directoryValidity, null,
            new("GET", site.Scheme, SignedMessage.AuthorityOf(site), KeyDirectory.Path, name => name == "content-digest" ? digest : null) { IsResponse = true });
        return new Dictionary<string, string>(headers) { ["Content-Digest"] = digest };
    }

    private Dictionary<string, string> Sign(string components, string tag, TimeSpan validity, string? nonce, SignedMessage message)
    {
        var now = timeProvider.GetUtcNow().ToUnixTimeSeconds();
        var input = string.Create(CultureInfo.InvariantCulture,
            $"{components};created={now};keyid=\"{signer.Key.Thumbprint}\";alg=\"ed25519\";expires={now + (long)validity.TotalSeconds}{(nonce is null ? "" : $";nonce=\"{nonce}\"")};tag=\"{tag}\"");
        var text = SignatureBase.Of(SignatureInput.Read(input)!, message)!;
        return new()
        {
            ["Signature-Input"] = $"{Label}={input}",
            ["Signature"] = $"{Label}=:{Convert.ToBase64String(signer.Sign(Encoding.ASCII.GetBytes(text)))}:",
        };
    }
}
