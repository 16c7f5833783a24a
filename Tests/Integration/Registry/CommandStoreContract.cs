using System.Text.Json;
using Fleet.Contracts;
using Fleet.Registry;
using Fleet.Registry.Commands;

namespace Fleet.Tests.Registry;

public abstract class CommandStoreContract : ContractSuite
{
    private static readonly CommandRecord s_start = new("print", "prerender-0", DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(30));

    [Fact]
    public async Task StartAsync_ManyAtOnce_OneMayStartIt()
    {
        Assert.Null(await Registry.Commands.GetAsync("user:ada", "k", Cancel));
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Registry.Commands.StartAsync("user:ada", "k", s_start, Cancel)));
        Assert.Single(answers, answer => answer is null);
        Assert.All(answers.OfType<CommandRecord>(), answer => Assert.Equal(s_start with { IsRunning = true }, answer));
        Assert.Equal(s_start with { IsRunning = true }, await Registry.Commands.GetAsync("user:ada", "k", Cancel));
    }

    [Fact]
    public async Task StartAsync_OtherUserOrKey_IsAnotherCommand()
    {
        Assert.Null(await Registry.Commands.StartAsync("user:ada", "k", s_start, Cancel));
        Assert.Null(await Registry.Commands.StartAsync("user:bob", "k", s_start, Cancel));
        Assert.Null(await Registry.Commands.StartAsync("user:ada", "l", s_start, Cancel));
    }

    [Fact]
    public async Task GetAsync_LongerThanItMayRun_IsNotRunningByTheRegistrysClock()
    {
        await Registry.Commands.StartAsync("user:ada", "k", s_start, Cancel);

        await Registry.AgeAsync(s_start.Lasts * 0.8);
        Assert.True((await Registry.Commands.GetAsync("user:ada", "k", Cancel))!.IsRunning);

        await Registry.AgeAsync(s_start.Lasts * 0.4);
        Assert.Equal(s_start, await Registry.Commands.GetAsync("user:ada", "k", Cancel));
        Assert.Equal(s_start, await Registry.Commands.StartAsync("user:ada", "k", s_start, Cancel));
    }

    [Fact]
    public async Task FinishAsync_Result_IsKeptForADay()
    {
        await Registry.Commands.StartAsync("user:ada", "k", s_start, Cancel);
        var result = new RenderResult { Outcome = RenderOutcome.Rendered, Url = "http://h/", Data = JsonSerializer.SerializeToElement(new { sum = 3 }) };
        await Registry.Commands.FinishAsync("user:ada", "k", s_start with { Result = result }, Cancel);

        await Registry.AgeAsync(RegistryTtl.Command * 0.9);
        var known = await Registry.Commands.StartAsync("user:ada", "k", s_start, Cancel);
        Assert.Equal(3, known!.Result!.Data!.Value.GetProperty("sum").GetInt32());

        await Registry.AgeAsync(RegistryTtl.Command * 0.2);
        Assert.Null(await Registry.Commands.StartAsync("user:ada", "k", s_start, Cancel));
    }
}

public sealed class InMemoryCommandStoreTests : CommandStoreContract
{
    protected override Task<RegistryUnderTest> StartAsync() => Task.FromResult<RegistryUnderTest>(new InMemoryRegistryUnderTest());
}

[Collection(RedisCollection.Name)]
public sealed class RedisCommandStoreTests(RedisCollection.Server redis) : CommandStoreContract
{
    protected override Task<RegistryUnderTest> StartAsync() => redis.ConnectAsync();
}

[Collection(GarnetCollection.Name)]
public sealed class GarnetCommandStoreTests(GarnetCollection.Server garnet) : CommandStoreContract
{
    protected override Task<RegistryUnderTest> StartAsync() => garnet.ConnectAsync();
}
