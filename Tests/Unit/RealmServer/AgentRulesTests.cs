using Fleet.RealmServer.Agents;
using Fleet.RealmServer.Rendering;
using Fleet.ServiceDefaults;

namespace Fleet.Tests.RealmServer;

/// <summary>Which signatures and addresses of crawlers count, and what robots.txt may say.</summary>
public sealed class AgentRulesTests
{
    private const string Agent = "a=\"https://agent.example.com\"";
    private static readonly DateTimeOffset s_now = DateTimeOffset.FromUnixTimeSeconds(1_000_000);

    [Theory]
    [InlineData("valid", null, null, true)]
    [InlineData("another tag", "web-bot-auth", "other", false)]
    [InlineData("expired", "expires=1000060", "expires=1000000", false)]
    [InlineData("valid for too long", "expires=1000060", "expires=1086401", false)]
    [InlineData("of the future", "created=1000000", "created=1000061", false)]
    [InlineData("without a time", "created=1000000;", "", false)]
    [InlineData("old, with a nonce", "created=1000000", "created=999000", true)]
    [InlineData("old, without a nonce", "created=1000000;expires=1000060;nonce=\"n\"", "created=999000;expires=1000060", false)]
    [InlineData("new, without a nonce", ";nonce=\"n\"", "", true)]
    [InlineData("another algorithm", "ed25519", "rsa-pss-sha512", false)]
    [InlineData("without the authority", "\"@authority\" ", "", false)]
    [InlineData("without the agent", " \"signature-agent\";key=\"a\"", "", false)]
    [InlineData("another member of the agent", "key=\"a\"", "key=\"b\"", false)]
    [InlineData("another label", "sig=", "sag=", false)]
    public void Find_Signature_CountsIfItIsTimelyAndCoversWhatItMust(string what, string? replaced, string? by, bool counts)
    {
        var input = "sig=(\"@authority\" \"signature-agent\";key=\"a\");created=1000000;expires=1000060;nonce=\"n\";keyid=\"k\";alg=\"ed25519\";tag=\"web-bot-auth\"";
        var claim = new SignatureRules(["https://agent.example.com"]).Find(Agent, replaced is null ? input : input.Replace(replaced, by, StringComparison.Ordinal), "sig=:AAAA:", s_now);
        Assert.True(counts == claim is not null, what);
        Assert.True(claim is null or { Agent: "https://agent.example.com", Signature.Length: 3 });
    }

    [Theory]
    [InlineData("https://agent.example.com", "https://agent.example.com/", true)]
    [InlineData("https://agent.example.com", "https://other.example.com", false)]
    [InlineData("*", "https://other.example.com/cards/1", true)]
    [InlineData("*", "http://other.example.com", false)]
    [InlineData("*", "https://other.example.com:8443", false)]
    [InlineData("*", "https://10.0.0.1", false)]
    [InlineData("*", "https://localhost", false)]
    [InlineData("*", "https://redis.internal", false)]
    [InlineData("*", "https://u:p@other.example.com", false)]
    [InlineData("*", "data:application/json,{}", false)]
    [InlineData("http://127.0.0.1:5555", "http://127.0.0.1:5555", true)]
    public void Find_Agent_IsListedOrHasAPublicName(string listed, string agent, bool counts)
    {
        const string dictionary = "sig=(\"@authority\" \"signature-agent\";key=\"a\");created=1000000;expires=1000060;keyid=\"k\";tag=\"web-bot-auth\"";
        Assert.Equal(counts, new SignatureRules([listed]).Find($"a=\"{agent}\"", dictionary, "sig=:AAAA:", s_now) is not null);
        // The form of earlier drafts.
        var plain = dictionary.Replace(";key=\"a\"", "", StringComparison.Ordinal);
        Assert.Equal(counts, new SignatureRules([listed]).Find($"\"{agent}\"", plain, "sig=:AAAA:", s_now) is not null);
    }

    [Theory]
    [InlineData(null, "sig=()", "sig=:AAAA:")]
    [InlineData(Agent, null, "sig=:AAAA:")]
    [InlineData(Agent, "(((", "sig=:AAAA:")]
    [InlineData(Agent, "sig=()", ":")]
    public void Find_NoSignature_IsNull(string? agent, string? input, string? signature)
    {
        Assert.Null(new SignatureRules(["*"]).Find(agent, input, signature, s_now));
        Assert.Null(new SignatureRules(["*"]).Find(agent, new string('a', SignatureRules.MaxHeaderLength + 1), signature, s_now));
    }

    [Fact]
    public void Read_Networks_AreRangesAddressesAndFiles()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, """{"creationTime":"2026-01-01","prefixes":[{"ipv6Prefix":"2001:db8::/64"},{"ipv4Prefix":"192.0.2.0/27"}]}""");
            Assert.Equal(["2001:db8::/64", "192.0.2.0/27"], CrawlerNetworks.Read(file).Select(network => network.ToString()));
            Assert.Equal("198.51.100.7/32", CrawlerNetworks.Read("198.51.100.7").Single().ToString());
            Assert.Equal("10.0.0.0/8", CrawlerNetworks.Read("10.0.0.0/8").Single().ToString());
            File.WriteAllText(file, "{}");
            Assert.Contains("a file without ranges", Assert.Throws<StartException>(() => CrawlerNetworks.Read(file)).Message, StringComparison.Ordinal);
            Assert.Contains("Pages:CrawlerNetworks has '/no/such/file'", Assert.Throws<StartException>(() => CrawlerNetworks.Read("/no/such/file")).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("search=yes", null)]
    [InlineData("search=yes, ai-input=no,ai-train=no", null)]
    [InlineData("", "'' is not a signal")]
    [InlineData("search=maybe", "'search=maybe' is not a signal")]
    [InlineData("ai=yes", "'ai=yes' is not a signal: it must be one of search, ai-input, ai-train with =yes or =no.")]
    [InlineData("search=yes, search=no", "it names search more than once")]
    [InlineData("search=yes\nAllow: /", "is not a signal")]
    public void ErrorOf_ContentSignal_NamesThePart(string text, string? error) =>
        Assert.True(error is null ? ContentSignals.ErrorOf(text) is null : ContentSignals.ErrorOf(text)?.Contains(error, StringComparison.Ordinal) == true, ContentSignals.ErrorOf(text));

    [Theory]
    [InlineData(RenderUrgency.Index, 0)]
    [InlineData(RenderUrgency.Visited, 5)]
    [InlineData(RenderUrgency.Awaited, 5)]
    [InlineData(RenderUrgency.Verified, 10)]
    internal void PriorityOf_CrawlerThatIsNotVerified_IsThatOfVisitors(RenderUrgency urgency, int priority) => Assert.Equal(priority, PageRenderer.PriorityOf(urgency));
}
