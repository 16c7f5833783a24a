using System.Globalization;
using System.Net.Http.Json;
using Fleet.Contracts;
using Fleet.Tests.Manager;

namespace Fleet.Tests.HostShells;

/// <summary>Generations in request headers, and the convergence that a manager reports.</summary>
public sealed class ShellGenerationTests
{
    [Fact]
    public async Task Forward_ShellIsKnown_SendsItsGenerationToTheServer()
    {
        await using var manager = await ManagerUnderTest.StartAsync();
        var server = await manager.AddServerAsync("prerender-0");
        var claimed = await ClaimAsync(manager, "a", 1);
        await WaitUntilKnownAsync(manager, claimed);

        await manager.RenderAsync(new RenderRequest { Url = ManagerUnderTest.Card });

        Assert.Equal(claimed.Generation.ToString(CultureInfo.InvariantCulture), server.Calls.Last().Headers[FleetHeaders.ShellGeneration]);
    }

    [Theory]
    [InlineData("99999999999999")]
    [InlineData("-1")]
    [InlineData("none")]
    public async Task Request_ImpossibleGeneration_IsAnswered(string generation)
    {
        await using var manager = await ManagerUnderTest.StartAsync();
        await manager.AddServerAsync("prerender-0");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/renders") { Content = JsonContent.Create(new { url = ManagerUnderTest.Card }) };
        request.Headers.Add(FleetHeaders.ShellGeneration, generation);

        using var response = await manager.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.True(response.IsSuccessStatusCode);
    }

    [Fact]
    public async Task GetFleet_DeployUnderWay_SaysRollingThenBehindThenConverged()
    {
        await using var manager = await ManagerUnderTest.StartAsync();
        var server = await manager.AddServerAsync("prerender-0");
        var a = await ClaimAsync(manager, "a", 1);
        await AnnounceAsync(manager, server, new() { Generation = a.Generation, Current = 2 });
        await PhaseAsync(manager, ShellPhase.Converged);

        var b = await ClaimAsync(manager, "b", 2, "realm-1");
        var rolling = await PhaseAsync(manager, ShellPhase.Rolling);
        Assert.Equal(b.ChangedAt, rolling.Convergence!.Since);
        Assert.Equal(["a", "b"], rolling.Convergence.Serving.Values.Order());

        await ClaimAsync(manager, "b", 2);
        await PhaseAsync(manager, ShellPhase.Behind);

        await AnnounceAsync(manager, server, new() { Generation = b.Generation, Current = 1, Booting = 1, Behind = 1 });
        await AnnounceAsync(manager, server, new() { Generation = b.Generation, Current = 2 });
        var converged = await PhaseAsync(manager, ShellPhase.Converged);
        Assert.Equal(2, converged.Servers.Single().Record.ShellSlots!.Current);
        Assert.True(converged.Convergence!.Since >= rolling.Convergence.Since);
    }

    private static async Task<HostShell> ClaimAsync(ManagerUnderTest manager, string token, int hour, string instance = "realm-0") =>
        (await manager.Registry.HostShells.ClaimAsync(new(token, instance, DateTimeOffset.UnixEpoch.AddHours(hour)), TestContext.Current.CancellationToken)).Current;

    private static Task AnnounceAsync(ManagerUnderTest manager, FakeServer server, ShellSlots slots) =>
        manager.Registry.Servers.AnnounceAsync(server.Record(ServerState.Ready, 2) with { ShellSlots = slots }, TestContext.Current.CancellationToken);

    private static Task WaitUntilKnownAsync(ManagerUnderTest manager, HostShell shell) =>
        Eventually.TrueAsync(async () => (await manager.GetFleetAsync()).Shell == shell, () => $"{shell} in GET /fleet");

    private static async Task<FleetStatus> PhaseAsync(ManagerUnderTest manager, ShellPhase phase)
    {
        FleetStatus status = null!;
        await Eventually.TrueAsync(async () => (status = await manager.GetFleetAsync()).Convergence?.Phase == phase, () => $"{phase}, not {status.Convergence}");
        return status;
    }
}
