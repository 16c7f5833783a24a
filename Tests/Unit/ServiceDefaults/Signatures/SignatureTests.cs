using System.Text;
using System.Text.Json;
using Fleet.ServiceDefaults.Signatures;

namespace Fleet.Tests.ServiceDefaults.Signatures;

/// <summary>Signatures, by the test vectors of RFC 9421 and of the Web Bot Auth drafts.</summary>
public sealed class SignatureTests
{
    // RFC 9421, appendix B.1.4.
    private const string PrivateKey = "n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU";
    private const string PublicKey = "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs";
    private const string Thumbprint = "poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";

    [Fact]
    public void Of_RfcRequest_HasTheSignatureOfTheRfc()
    {
        // Appendix B.2.6.
        const string input = """("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519" """;
        var text = SignatureBase.Of(SignatureInput.Read(input.Trim())!, Message("POST", "example.com", "/foo?param=Value&Pet=dog", new()
        {
            ["date"] = "Tue, 20 Apr 2021 02:07:55 GMT",
            ["content-type"] = "application/json",
            ["content-length"] = "18",
        }));
        Assert.Equal(
            """
            "date": Tue, 20 Apr 2021 02:07:55 GMT
            "@method": POST
            "@path": /foo
            "@authority": example.com
            "content-type": application/json
            "content-length": 18
            "@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"
            """.ReplaceLineEndings("\n"),
            text);
        const string signature = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==";
        Assert.Equal(signature, Convert.ToBase64String(Ed25519Signer.Read(PrivateKey)!.Sign(Encoding.ASCII.GetBytes(text!))));
        Assert.True(Ed25519Key.Read(PublicKey)!.Verifies(Encoding.ASCII.GetBytes(text!), Convert.FromBase64String(signature)));
        Assert.False(Ed25519Key.Read(PublicKey)!.Verifies(Encoding.ASCII.GetBytes(text + " "), Convert.FromBase64String(signature)));
    }

    [Theory]
    [InlineData(
        """("@authority");created=1735689600;keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";alg="ed25519";expires=4889289600;nonce="zIW8+cdmA3vdYagbxojpONwa/l0EKJ/O3/wD486VvsQjO/RxPaSt6ZxvQaMcQzNnqKN/mQ6hpGiFro2L2qkz5A==";tag="web-bot-auth" """,
        null, "QKN4fTdIYfh82fvoZCQiQA1weuozfCS/Led2zTMbewMMqH8PI2Wsy/5c4ao6B6D09nraNQdBNOADg8aM1MqfCg==")]
    [InlineData(
        """("@authority" "signature-agent";key="agent2");created=1735689600;keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";alg="ed25519";expires=4889289600;nonce="n9p433xm+NJ3ph3upfBIGmsuwHw387YV7Q/F+6BSpGCVjYCqQw6rznNA8PVVLySrAWsv0hQtFioQb6E1YsauiA==";tag="web-bot-auth" """,
        """agent2="https://signature-agent.test" """, "RdNFx5Bj6au3YgAMQL/RzmUlZE8QZLIaXGRpw985hWnwPfMxT228NMk6ehRS1PSl4e8PhbNZACSanGdhEwYCCg==")]
    public void Verifies_VectorOfTheDraft_IsValid(string member, string? agent, string signature)
    {
        var input = SignatureInput.Read(member.Trim())!;
        Assert.Equal((Thumbprint, "web-bot-auth", 1735689600, 4889289600), (input.KeyId, input.Tag, input.Created?.ToUnixTimeSeconds(), input.Expires?.ToUnixTimeSeconds()));
        var headers = agent is null ? new Dictionary<string, string>() : new() { ["signature-agent"] = agent.Trim() };
        var text = SignatureBase.Of(input, Message("GET", "example.com", "/path/to/resource", headers));
        Assert.True(Ed25519Key.Read(PublicKey)!.Verifies(Encoding.ASCII.GetBytes(text!), Convert.FromBase64String(signature)), text);
    }

    [Fact]
    public void Read_ManyComponentsOrUpperCase_IsRefused()
    {
        static string Of(int components) => $"({string.Join(' ', Enumerable.Range(0, components).Select(i => $"\"h{i}\""))})";
        Assert.Equal(SignatureInput.MaxComponents, SignatureInput.Read(Of(SignatureInput.MaxComponents))!.Components.Length);
        Assert.Null(SignatureInput.Read(Of(SignatureInput.MaxComponents + 1)));
        Assert.Null(SignatureInput.Read("(\"Date\")"));
    }

    [Fact]
    public void Of_LongHeaders_HasNoText() =>
        Assert.Null(SignatureBase.Of(SignatureInput.Read("(\"a\" \"b\")")!, Message("GET", "example.com", "/", new() { ["a"] = new string('x', 9_000), ["b"] = new string('x', 9_000) })));

    [Fact]
    public void Read_Keys_HaveTheThumbprintOfTheDraft()
    {
        Assert.Equal(Thumbprint, Ed25519Key.Read(PublicKey)!.Thumbprint);
        Assert.Equal(PublicKey, Ed25519Signer.Read(PrivateKey)!.Key.X);
        Assert.Null(Ed25519Key.Read("short"));
        Assert.Null(Ed25519Key.Read(new string('!', 43)));
        Assert.Null(Ed25519Signer.Read(null));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("()", true)]
    [InlineData("(\"a\")", true)]
    [InlineData("( \"a\"  \"b\" );x;y=1;z=\"q\\\"\"", true)]
    [InlineData("(a)", false)]
    [InlineData("(\"a\" \"a\")", false)]
    [InlineData("(\"a\"", false)]
    [InlineData("(\"a\");", false)]
    [InlineData("(\"a\");x=", false)]
    [InlineData("(\"a\")x", false)]
    [InlineData("\"a\"", false)]
    public void Read_Member_IsAnInnerList(string text, bool isValid) => Assert.Equal(isValid, SignatureInput.Read(text) is not null);

    [Theory]
    [InlineData("a=1, b=\"x,y\", c=(\"q\");d", "a|b|c")]
    [InlineData("", "")]
    [InlineData("a", null)]
    [InlineData("a=1 b=2", "a")]
    [InlineData("a=\"x", null)]
    [InlineData("A=1", null)]
    public void ReadDictionary_Field_HasItsMembers(string field, string? keys) =>
        Assert.Equal(keys, StructuredFields.ReadDictionary(field) is { } members ? string.Join('|', members.Keys) : null);

    [Theory]
    [InlineData("(\"@authority\";req)")]
    [InlineData("(\"@status\")")]
    [InlineData("(\"missing\")")]
    [InlineData("(\"@authority\";bs)")]
    public void Of_UnknownOrMissingComponent_IsNull(string input) => Assert.Null(SignatureBase.Of(SignatureInput.Read(input)!, Message("GET", "h", "/", [])));

    [Fact]
    public void ReadDirectory_KeysOfOtherKindsAndTimes_AreLeftOut()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_750_000_000);
        var json = $$"""
            {"keys":[{"kty":"RSA","n":"x"},{"kty":"OKP","crv":"X25519","x":"{{PublicKey}}"},{"kty":"OKP","crv":"Ed25519","x":"bad"},
            {"kty":"OKP","crv":"Ed25519","x":"{{PublicKey}}","nbf":1743465600000,"exp":1760000000}]}
            """;
        Assert.Equal([Thumbprint], KeyDirectory.Read(Encoding.UTF8.GetBytes(json), now).Keys);
        Assert.Empty(KeyDirectory.Read(Encoding.UTF8.GetBytes(json), now.AddYears(1)));
        Assert.Throws<JsonException>(() => KeyDirectory.Read("[]"u8, now));
        Assert.Equal([Thumbprint], KeyDirectory.Read(KeyDirectory.Write(Ed25519Key.Read(PublicKey)!), now).Keys);
    }

    [Fact]
    public void SignRequest_Headers_VerifyWithTheKeyOfTheDirectory()
    {
        var signer = new MessageSigner(Ed25519Signer.Read(PrivateKey)!, "https://fleet.example.com", TimeProvider.System);
        var headers = signer.SignRequest(new("https://Other.example:8443/a?b"));
        Assert.Equal("fleet=\"https://fleet.example.com\"", headers["Signature-Agent"]);
        Verify(headers, Message("GET", "other.example:8443", "/a?b", new() { ["signature-agent"] = headers["Signature-Agent"] }));

        var body = KeyDirectory.Write(Ed25519Key.Read(PublicKey)!);
        var directory = signer.SignDirectory(body);
        Verify(directory, Message("GET", "fleet.example.com", KeyDirectory.Path, new() { ["content-digest"] = directory["Content-Digest"] }) with { IsResponse = true });
    }

    private static void Verify(IReadOnlyDictionary<string, string> headers, SignedMessage message)
    {
        var input = SignatureInput.Read(StructuredFields.ReadDictionary(headers["Signature-Input"])!["fleet"])!;
        var signature = StructuredFields.BytesOf(StructuredFields.ReadDictionary(headers["Signature"])!["fleet"])!;
        Assert.True(Ed25519Key.Read(PublicKey)!.Verifies(Encoding.ASCII.GetBytes(SignatureBase.Of(input, message)!), signature));
    }

    private static SignedMessage Message(string method, string authority, string target, Dictionary<string, string> headers) =>
        new(method, "https", authority, target, name => headers.GetValueOrDefault(name));
}
