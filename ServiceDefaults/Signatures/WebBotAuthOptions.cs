using System.ComponentModel.DataAnnotations;

namespace Fleet.ServiceDefaults.Signatures;

/// <summary>Settings of Web Bot Auth: signatures by which automated clients say who they are.</summary>
public sealed class WebBotAuthOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "WebBotAuth";

    /// <summary>Any agent.</summary>
    public const string Any = "*";

    /// <summary>Origins of agents whose signatures count, such as <c>https://chatgpt.com</c>; <c>*</c> for any whose name is public. The origin's keys are read from
    /// <c>/.well-known/http-message-signatures-directory</c>. Default: none, so that no signature is verified.</summary>
    [MaxLength(1_000)]
    public string[] Agents { get; set; } = [];

    /// <summary>Private Ed25519 key with which the fleet signs its requests for documents of other origins: 32 bytes in base64url, as <c>d</c> of a JWK. Belongs in the
    /// environment. Default: none, so that no request is signed.</summary>
    public string? SigningSecret { get; set; }

    /// <summary>The origin that the fleet's signatures name (<c>Signature-Agent</c>), where its realm server is reached and gives the key:
    /// <c>https://www.example.com</c>. Required for <see cref="SigningSecret"/>. Default: none.</summary>
    public string? SignatureAgent { get; set; }

    /// <summary>The signer of requests; null without a key.</summary>
    public Ed25519Signer? CreateSigner() => Ed25519Signer.Read(SigningSecret);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var agent in Agents.Where(static agent => agent != Any && !OriginAllowList.TryNormalize(agent, out _)))
        {
            yield return new($"Agents has '{agent}': it must be an origin, such as https://agent.example.com, or *.");
        }

        // The messages must not contain the secret.
        if (SigningSecret is not null && CreateSigner() is null)
        {
            yield return new("SigningSecret must be 32 bytes in base64url without padding, 43 characters (openssl rand 32 | basenc --base64url | tr -d =).");
        }

        if (SigningSecret is not null && SignatureAgent is null)
        {
            yield return new("SignatureAgent must be set for WebBotAuth:SigningSecret: the public origin of the site, such as https://www.example.com.");
        }

        if (SignatureAgent is not null && (!OriginAllowList.TryNormalize(SignatureAgent, out var origin) || origin.StartsWith("http:", StringComparison.Ordinal)))
        {
            yield return new($"SignatureAgent is '{SignatureAgent}': it must be an https origin, such as https://www.example.com.");
        }
    }
}
