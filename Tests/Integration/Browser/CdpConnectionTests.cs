using System.Text.Json;
using Fleet.BrowserSetup;
using Fleet.PrerenderServer.Browser.Cdp;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.PrerenderServer.Browser.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Tests.Browser;

/// <summary>The pipe that all pages of a browser share: a fault with one message affects no other.</summary>
[Collection(BrowserCollection.Name)]
public sealed class CdpConnectionTests(BrowserFixture browser)
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Event_ListenerThrows_OnlyThatEventIsLost()
    {
        await using var own = await LaunchAsync();
        var connection = own.Process.Connection;
        await connection.Browser.CallAsync("Target.setDiscoverTargets", static p => p.WriteBoolean("discover"u8, true), s_deadline, Token);
        var told = new TaskCompletionSource();
        connection.Browser.On("Target.targetCreated", _ =>
        {
            told.TrySetResult();
            throw new InvalidOperationException("not this one");
        });
        var context = await CdpContext.CreateAsync(connection, "", s_deadline);
        await context.OpenPageAsync(s_deadline, Token);
        await told.Task.WaitAsync(s_deadline, Token);
        await context.CloseAsync(s_deadline, Token);
        Assert.False(connection.Closed.IsCancellationRequested);
    }

    [Fact]
    public async Task Answer_TooLong_FailsItsCommandAndNothingElse()
    {
        await using var own = await LaunchAsync();
        var connection = own.Process.Connection;
        var context = await CdpContext.CreateAsync(connection, "", s_deadline);
        var (_, session) = await context.OpenPageAsync(s_deadline, Token);
        connection.MaxReplyBytes = 64 * 1024;
        var error = await Assert.ThrowsAsync<PageScriptException>(() => EvaluateAsync(session, "'x'.repeat(1e6)"));
        Assert.Equal("The answer to Runtime.evaluate exceeds 65536 bytes.", error.Message);
        Assert.Equal("2", (await EvaluateAsync(session, "'' + 2")).GetProperty("result").GetProperty("value").GetString());
        await context.CloseAsync(s_deadline, Token);
    }

    [Fact]
    public async Task Event_TooLong_OnlyThatEventIsLost()
    {
        await using var own = await LaunchAsync();
        var connection = own.Process.Connection;
        var context = await CdpContext.CreateAsync(connection, "", s_deadline);
        var (_, session) = await context.OpenPageAsync(s_deadline, Token);
        connection.MaxReplyBytes = 64 * 1024;
        var logged = new TaskCompletionSource<string>();
        session.On("Runtime.consoleAPICalled", call => logged.TrySetResult(ConsoleText.Format(call)));
        await session.CallAsync("Runtime.enable", null, s_deadline, Token);
        await EvaluateAsync(session, "(console.log('x'.repeat(1e6)), console.log('short'), 0)");
        Assert.StartsWith("short", await logged.Task.WaitAsync(s_deadline, Token), StringComparison.Ordinal);
        await context.CloseAsync(s_deadline, Token);
    }

    [Fact]
    public async Task Answer_DeeplyNested_IsRead()
    {
        await using var slot = await browser.OpenAsync();
        var value = await slot.Page.EvaluateAsync("Array.from({ length: 100 }).reduce((inner) => [inner], 1)", s_deadline, Token);
        for (var i = 0; i < 100; i++)
        {
            value = value[0];
        }

        Assert.Equal(1, value.GetInt32());
    }

    [Fact]
    public async Task Session_OfAPageThatWasClosedWithItsContext_IsRemoved()
    {
        await using var own = await LaunchAsync();
        var connection = own.Process.Connection;
        var context = await CdpContext.CreateAsync(connection, "", s_deadline);
        await context.OpenPageAsync(s_deadline, Token);
        Assert.Equal(1, connection.Attached);
        await context.CloseAsync(s_deadline, Token);
        await Eventually.Async(() => connection.Attached == 0, "the session is forgotten", () => $"{connection.Attached} sessions");
    }

    [Fact]
    public async Task Dispose_CloseHandlerThrew_Completes()
    {
        await using var own = await LaunchAsync();
        var connection = own.Process.Connection;
        await using var registration = connection.Closed.Register(static () => throw new InvalidOperationException("not now"));
        await connection.DisposeAsync();
        Assert.True(connection.Closed.IsCancellationRequested);
    }

    private static Task<JsonElement> EvaluateAsync(CdpSession session, string expression) =>
        session.CallAsync("Runtime.evaluate", p => p.WriteString("expression"u8, expression), s_deadline, Token);

    private static async Task<OwnBrowser> LaunchAsync()
    {
        var own = new OwnBrowser();
        await own.Process.LaunchAsync(BrowserLocator.Locate(null), [], null, "test", static () => { }, Token);
        return own;
    }

    /// <summary>A browser of one test, since a browser has one pipe.</summary>
    private sealed class OwnBrowser : IAsyncDisposable
    {
        private readonly ProfileFolders _profiles = new(null, NullLogger.Instance);

        public OwnBrowser() => Process = new BrowserProcess(1, _profiles, BrowserFixture.Options, TimeProvider.System, NullLogger.Instance);

        public BrowserProcess Process { get; }

        public async ValueTask DisposeAsync()
        {
            await Process.KillAsync(CancellationToken.None);
            _profiles.Dispose();
        }
    }
}
