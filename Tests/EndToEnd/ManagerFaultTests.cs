using System.Net.Http.Json;
using Fleet.Contracts;

namespace Fleet.Tests.EndToEnd;

/// <summary>No render within its deadline is lost when a service is killed, freezes, returns garbage or restarts under load.</summary>
[Collection(ManagerFleetCollection.Name)]
public sealed partial class ManagerFaultTests(ManagerFleetFixture fixture)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);
    private readonly FleetUnderTest _fleet = fixture.Fleet;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Load_ServerKilled_LosesNothing() => WithLoadAsync(async _ =>
    {
        await _fleet.Processes["prerender-0"].KillAsync();
        await _fleet.Processes["prerender-0"].StartAsync();
    });

    [Fact]
    public Task Load_ServerStopped_LosesNothing() => WithLoadAsync(_ => RestartAsync("prerender-1"));

    [Fact]
    public Task Load_ServerFrozen_ItsRendersAreDoneElsewhere() =>
        WithLoadAsync(_ => FreezeAtWorkAsync("prerender-0"), () => _fleet.Processes["prerender-0"].Thaw());

    [Fact]
    public Task Load_ServerFrozenForAMoment_LosesNothing() => WithLoadAsync(async load =>
    {
        try
        {
            await FreezeAtWorkAsync("prerender-1");
            await load.CompleteMoreAsync(20);
        }
        finally
        {
            _fleet.Processes["prerender-1"].Thaw();
        }
    });

    private async Task FreezeAtWorkAsync(string server)
    {
        _fleet.Processes[server].Freeze();
        await Eventually.TrueAsync(
            async () => (await FleetAsync()).Servers.Any(seen => seen.Record.Name == server && seen.InFlight > 0),
            s_limit,
            () => $"a render at {server}, which is frozen");
    }

    // Without the key, the status names no affinity of a user.
    private async Task<FleetStatus> FleetAsync()
    {
        using var request = Authorized(HttpMethod.Get, _fleet.OnManager("fleet"));
        using var response = await _fleet.Client.SendAsync(request, Cancellation);
        return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<FleetStatus>(FleetJson.Options, Cancellation))!;
    }

    private Task WithLoadAsync(Func<ManagerLoad, Task> fault, Action? mend = null, Func<Task>? mendAsync = null) =>
        WithLoadAsync(() => _fleet.OnManager(""), fault, mend, mendAsync, () => "");

    private async Task WithLoadAsync(Func<Uri> manager, Func<ManagerLoad, Task> fault, Action? mend, Func<Task>? mendAsync, Func<string> history)
    {
        var load = new ManagerLoad(_fleet, manager);
        var running = load.RunAsync(callers: 6);
        try
        {
            await load.CompleteMoreAsync(20);
            await fault(load);
            await load.CompleteMoreAsync(20);
            load.Enough();
            await running.WaitAsync(s_limit, Cancellation);
        }
        finally
        {
            load.Enough();
            mend?.Invoke();
            await (mendAsync?.Invoke() ?? Task.CompletedTask);
        }

        Assert.True(load.Lost.Count == 0, $"{load.Lost.Count} of {load.Done} renders were lost:\n{string.Join('\n', load.Lost)}\n{history()}\n{_fleet.Output}");
        await _fleet.Processes.WaitUntilHealthyAsync("prerender-0");
        await _fleet.Processes.WaitUntilHealthyAsync("prerender-1");
    }

    private async Task RestartAsync(string service)
    {
        Assert.Equal(0, await _fleet.Processes[service].StopAsync(s_limit));
        await _fleet.Processes[service].StartAsync();
        await _fleet.Processes.WaitUntilHealthyAsync(service);
    }
}
