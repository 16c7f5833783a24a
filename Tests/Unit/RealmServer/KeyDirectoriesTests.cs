using System.Net;
using Fleet.RealmServer.Agents;
using Fleet.ServiceDefaults.Signatures;
using Fleet.Tests.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Fleet.Tests.RealmServer;

public sealed class KeyDirectoriesTests : IDisposable
{
    private const string Agent = "https://agent.example";

    private readonly VirtualTimeProvider _clock = new();
    private readonly Agents _agents = new();
    private readonly Ed25519Key _key = Ed25519Signer.Read("n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU")!.Key;
    private readonly KeyDirectories _directories;

    public KeyDirectoriesTests()
    {
        _agents.Answer = () => new(HttpStatusCode.OK) { Content = new ByteArrayContent(KeyDirectory.Write(_key)) };
        _directories = new(_agents, Options.Create(new WebBotAuthOptions { Agents = [Agent] }), _clock, NullLogger<KeyDirectories>.Instance);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _agents.Dispose();

    [Fact]
    public async Task FindAsync_UnknownKeyWhileTheAgentIsAway_KnownKeysStillCount()
    {
        Assert.NotNull(await _directories.FindAsync(Agent, _key.Thumbprint, Token));
        _agents.Answer = () => new(HttpStatusCode.InternalServerError);
        for (var minute = 0; minute < 5; minute++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Null(await _directories.FindAsync(Agent, "unknown", Token));
            Assert.NotNull(await _directories.FindAsync(Agent, _key.Thumbprint, Token));
        }

        // At most for as long as the agent allows: an hour by default.
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(await _directories.FindAsync(Agent, _key.Thumbprint, Token));
    }

    [Fact]
    public async Task FindAsync_UnknownKeyAgainAndAgain_ReadsOnceAMinute()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Null(await _directories.FindAsync(Agent, $"unknown {i}", Token));
        }

        Assert.Equal(1, _agents.Reads);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await _directories.FindAsync(Agent, "unknown", Token));
        Assert.Equal(2, _agents.Reads);
    }

    private sealed class Agents : HttpMessageHandler, IHttpClientFactory
    {
        public int Reads { get; private set; }

        public Func<HttpResponseMessage> Answer { get; set; } = () => new(HttpStatusCode.NotFound);

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Reads++;
            return Task.FromResult(Answer());
        }
    }
}
