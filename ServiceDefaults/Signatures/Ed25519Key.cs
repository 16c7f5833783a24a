using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Fleet.ServiceDefaults.Signatures;

/// <summary>A public key of the algorithm Ed25519, which .NET does not have.</summary>
public sealed class Ed25519Key
{
    /// <summary>Length of a key, public or private, in bytes.</summary>
    internal const int KeyLength = 32;

    private readonly Ed25519PublicKeyParameters _key;

    private Ed25519Key(Ed25519PublicKeyParameters key)
    {
        _key = key;
        X = Base64Url.EncodeToString(key.GetEncoded());
        Thumbprint = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"Ed25519","kty":"OKP","x":"{{X}}"}""")));
    }

    /// <summary>The key as the member <c>x</c> of a JWK: 32 bytes in base64url.</summary>
    public string X { get; }

    /// <summary>The thumbprint of the key as a JWK (RFC 7638 and 8037), which identifies it.</summary>
    public string Thumbprint { get; }

    /// <summary>Reads the member <c>x</c> of a JWK. Null if it is not a valid key.</summary>
    public static Ed25519Key? Read(string? x)
    {
        try
        {
            return x is { Length: 43 } && Base64Url.DecodeFromChars(x) is { Length: KeyLength } bytes && Ed25519.ValidatePublicKeyFull(bytes, 0)
                ? new(new Ed25519PublicKeyParameters(bytes)) : null;
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Whether a signature of the data is by the owner of this key.</summary>
    public bool Verifies(ReadOnlySpan<byte> data, byte[] signature) =>
        signature.Length == Ed25519.SignatureSize && _key.Verify(Ed25519.Algorithm.Ed25519, null, data.ToArray(), 0, data.Length, signature, 0);

    internal static Ed25519Key Of(Ed25519PrivateKeyParameters key) => new(key.GeneratePublicKey());
}

/// <summary>A private key of the algorithm Ed25519.</summary>
public sealed class Ed25519Signer
{
    private readonly Ed25519PrivateKeyParameters _key;

    private Ed25519Signer(Ed25519PrivateKeyParameters key) => (_key, Key) = (key, Ed25519Key.Of(key));

    /// <summary>The public key.</summary>
    public Ed25519Key Key { get; }

    /// <summary>Reads the member <c>d</c> of a JWK: 32 bytes in base64url. Null if it is not valid.</summary>
    public static Ed25519Signer? Read(string? d)
    {
        try
        {
            return d is { Length: 43 } && Base64Url.DecodeFromChars(d) is { Length: Ed25519Key.KeyLength } seed ? new(new Ed25519PrivateKeyParameters(seed)) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Signs data.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        var signature = new byte[Ed25519.SignatureSize];
        _key.Sign(Ed25519.Algorithm.Ed25519, null, data.ToArray(), 0, data.Length, signature, 0);
        return signature;
    }
}
