using System.Diagnostics;
using Fleet.Contracts;
using Fleet.Registry;
using Fleet.Registry.Events;
using Fleet.Registry.Redis;
using Fleet.Tests.Processes;
using Fleet.Tests.Rendering;
using Fleet.Tests.Time;
using Microsoft.Extensions.Logging;

namespace Fleet.Tests.Registry;

/// <summary>The registry with faults of Redis. Each test has its own server.</summary>
public sealed class RedisFaultTests : IAsyncLifetime
{
    private static readonly RealmRecord Realm = new("http://127.0.0.1:5100/elements/", "Elements");
    private static readonly FleetEvent Notification = new(FleetEventKind.Recycle, "operator", 1);
    private readonly VirtualTimeProvider _time = new();
    private RedisServer? _redis;
    private RedisRegistryUnderTest? _registry;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private RedisServer Redis => _redis!;

    private RedisRegistryUnderTest Registry => _registry!;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _registry = await RedisRegistryUnderTest.ConnectAsync(_redis.ConnectionString, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await (_registry?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_redis?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Fact]
    public async Task Restart_AllDataIsLost_GenerationStillGrowsAndAllServicesRegisterAgain()
    {
        var before = await Registry.HostShells.ClaimAsync(new("a", "realm-0", DateTimeOffset.UnixEpoch), Cancel);
        await AnnounceAsync();

        await Redis.RestartAsync();

        await Eventually.TrueAsync(TryAnnounceAsync, () => "heartbeats succeed after the restart");
        Assert.Equal("prerender-0", Assert.Single(await Registry.Servers.ListAsync(Cancel)).Name);
        Assert.Equal([Realm], await Registry.Realms.ListAsync(Cancel));
        Assert.Single(await Registry.WarmAffinities.GetAsync(["incarnation"], Cancel));
        Assert.Null(await Registry.HostShells.GetAsync(Cancel));
        var after = await Registry.HostShells.ClaimAsync(new("a", "realm-0", DateTimeOffset.UnixEpoch), Cancel);
        Assert.True(after.Changed);
        Assert.True(after.Current.Generation > before.Current.Generation, $"{after.Current} must be newer than {before.Current}.");
    }

    [Fact]
    public async Task Restart_WithASubscription_ReconnectedIsRaisedAndNotificationsArriveAgain()
    {
        await using var recorder = await NotificationRecorder.StartAsync(Registry.Backplane);
        await Registry.Backplane.PublishAsync(Notification, Cancel);
        await recorder.WaitForAsync(Notification);

        await Redis.RestartAsync();

        await recorder.WaitForAsync(new(FleetEventKind.Reconnected, "", 0));
        await HintsFlowAsync(recorder);
    }

    [Fact]
    public async Task SubscribeAsync_WhileRedisIsAway_ReturnsAndHintsFlowWhenItIsBack()
    {
        await Redis.StopAsync();

        await using var recorder = await NotificationRecorder.StartAsync(Registry.Backplane);
        await Registry.Backplane.PublishAsync(Notification, Cancel); // Must not throw.
        Assert.Empty(recorder.Received);
        await Redis.RestartAsync();

        await recorder.WaitForAsync(new(FleetEventKind.Reconnected, "", 0));
        await HintsFlowAsync(recorder);
    }

    [Fact]
    public async Task AnyCall_RedisIsAway_IsOneExceptionThatNamesTheSettingAndNoAddress()
    {
        await Redis.StopAsync();

        var exception = await Assert.ThrowsAsync<RegistryUnavailableException>(() => Registry.HostShells.GetAsync(Cancel));

        // A client that has noticed the lost connection fails at once; a new one holds the call for a while.
        Assert.Matches(
            "^Redis (cannot be reached|did not answer within 2 s) when asked to read the host shell \\(ConnectionStrings:redis\\)\\.$",
            exception.Message);
    }

    [Fact]
    public async Task AnyCall_RedisHangs_EndsWithinTheDeadline()
    {
        await Registry.Database.PingAsync();
        Redis.Freeze();
        var watch = Stopwatch.StartNew();

        var calls = ((Func<Task>[])
        [
            () => Registry.HostShells.ClaimAsync(new("a", "realm-0", DateTimeOffset.UnixEpoch), Cancel),
            () => Registry.Servers.ListAsync(Cancel),
            () => Registry.WarmAffinities.GetAsync(["incarnation"], Cancel),
            () => Registry.Pages.GetVersionsAsync(Realm.Url, Cancel),
        ]).Select(Assert.ThrowsAsync<RegistryUnavailableException>);
        var exceptions = await Task.WhenAll(calls);

        Assert.All(exceptions, exception => Assert.Contains("did not answer within 2 s", exception.Message, StringComparison.Ordinal));
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task ListAsync_HeartbeatsAreRejectedForLackOfMemory_FailsInsteadOfForgettingTheServers()
    {
        await AnnounceAsync();
        await Registry.AgeAsync(RegistryTtl.Server * 2);
        await Registry.Database.ExecuteAsync("CONFIG", "SET", "maxmemory-policy", "noeviction");
        await Registry.Database.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");

        foreach (var read in (Func<Task>[])[() => Registry.Servers.ListAsync(Cancel), () => Registry.Servers.GetAsync(["incarnation"], Cancel), () => Registry.Realms.ListAsync(Cancel)])
        {
            var exception = await Assert.ThrowsAsync<RegistryUnavailableException>(read);
            Assert.Contains("OOM", exception.Message, StringComparison.Ordinal);
        }

        await Registry.Database.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
        Assert.Empty(await Registry.Servers.ListAsync(Cancel));
        Assert.Empty(await Registry.Realms.ListAsync(Cancel));
    }

    [Fact]
    public async Task AnyCall_RedisHangs_OneAtATimeTriesAndTheOthersFailAtOnce()
    {
        await using var registry = await RedisRegistryUnderTest.ConnectAsync(Redis.ConnectionString, _time);
        await registry.HostShells.GetAsync(Cancel);
        Redis.Freeze();
        await TimeOutAsync(registry.HostShells.GetAsync(Cancel));

        var trial = registry.HostShells.GetAsync(Cancel);
        for (var i = 0; i < 20; i++)
        {
            var exception = await Assert.ThrowsAsync<RegistryUnavailableException>(() => registry.Servers.ListAsync(Cancel));
            Assert.Equal("Redis is away, so it was not asked to list live entries (ConnectionStrings:redis).", exception.Message);
        }

        Assert.False(trial.IsCompleted);
        await TimeOutAsync(trial);
        Redis.Thaw();
        await registry.HostShells.GetAsync(Cancel);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => registry.Servers.ListAsync(Cancel)));
    }

    [Fact]
    public async Task AnyCall_OneIsSlowWhileOthersAreAnswered_RedisIsNotAway()
    {
        await using var registry = await RedisRegistryUnderTest.ConnectAsync(Redis.ConnectionString, _time);
        var connection = registry.Connection;
        var slow = connection.CallAsync("wait", static _ => new TaskCompletionSource<bool>().Task, Cancel);
        _time.Advance(RedisConnection.Deadline / 2);
        await registry.HostShells.GetAsync(Cancel);
        await TimeOutAsync(slow);

        var other = connection.CallAsync("wait", static _ => new TaskCompletionSource<bool>().Task, Cancel);
        await registry.HostShells.GetAsync(Cancel);
        await TimeOutAsync(other);
    }

    [Fact]
    public async Task SubscribeAsync_RedisStaysAway_IsLoggedOnce()
    {
        await using var registry = await RedisRegistryUnderTest.ConnectAsync(Redis.ConnectionString, _time);
        var log = new LogRecorder();
        using var loggers = LoggerFactory.Create(builder => builder.AddProvider(log));
        await Redis.StopAsync();
        await using var backplane = new RedisBackplane(registry.Connection, _time, loggers.CreateLogger<RedisBackplane>());
        var subscribing = backplane.SubscribeAsync(_ => { }, Cancel);
        for (var i = 0; i < 8; i++)
        {
            // The next attempt ends, or the pause after it.
            await Eventually.TrueAsync(() => _time.TimersArmed > 0, () => $"the wait {i}");
            _time.Advance(RegistryTtl.Repeat);
        }

        await subscribing;
        Assert.Single(log.Lines, line => line.Contains("Cannot subscribe", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AnyCall_CallerCancels_EndsAtOnce()
    {
        await Registry.Database.PingAsync();
        Redis.Freeze();
        using var caller = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Registry.HostShells.GetAsync(caller.Token));
    }

    [Fact]
    public async Task AnyScript_RedisHasLostItsScripts_IsSentAgain()
    {
        await AnnounceAsync();
        await Registry.Database.ExecuteAsync("SCRIPT", "FLUSH");

        await AnnounceAsync();

        Assert.Single(await Registry.Servers.ListAsync(Cancel));
    }

    [Fact]
    public async Task AnyScript_KeyOfAnotherType_IsRefusedWithTheReason()
    {
        await Registry.Database.StringSetAsync(RedisKeys.Servers, "not a hash");

        var exception = await Assert.ThrowsAsync<RegistryUnavailableException>(() => Registry.Servers.ListAsync(Cancel));

        Assert.Contains("WRONGTYPE", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListAsync_UnreadableRecord_IsSkipped()
    {
        await AnnounceAsync();
        var now = (await Registry.NowAsync()).ToUnixTimeMilliseconds();
        await Registry.Database.HashSetAsync(RedisKeys.Servers, "unknown", $"{now} 0000000000000000001 {{\"state\":\"unheardOf\"}}");
        await Registry.Database.HashSetAsync(RedisKeys.Realms, "unknown", $"{now} 7");

        Assert.Equal("prerender-0", Assert.Single(await Registry.Servers.ListAsync(Cancel)).Name);
        Assert.Equal([Realm], await Registry.Realms.ListAsync(Cancel));
    }

    private async Task TimeOutAsync(Task call)
    {
        var failure = Assert.ThrowsAsync<RegistryUnavailableException>(() => call);
        _time.Advance(RedisConnection.Deadline);
        Assert.Contains("did not answer within 2 s", (await failure).Message, StringComparison.Ordinal);
    }

    private async Task HintsFlowAsync(NotificationRecorder recorder)
    {
        await using var sender = await RedisRegistryUnderTest.ConnectAsync(Redis.ConnectionString, TimeProvider.System);
        await Eventually.TrueAsync(
            async () =>
            {
                await sender.Backplane.PublishAsync(Notification with { Version = 2 }, Cancel);
                return recorder.Received.Contains(Notification with { Version = 2 });
            },
            () => "a notification after the restart");
    }

    private async Task AnnounceAsync()
    {
        var server = new ServerRecord
        {
            Incarnation = "incarnation", Name = "prerender-0", Url = "http://127.0.0.1:5301", State = ServerState.Ready, Version = 1,
        };
        await Registry.Servers.AnnounceAsync(server, Cancel);
        await Registry.WarmAffinities.ReplaceAsync(server.Incarnation, new HashSet<string> { "realm:a" }, Cancel);
        await Registry.Realms.AnnounceAsync("realm-0", [Realm], Cancel);
    }

    private async Task<bool> TryAnnounceAsync()
    {
        try
        {
            await AnnounceAsync();
            return true;
        }
        catch (RegistryUnavailableException)
        {
            return false;
        }
    }
}
