namespace Fleet.Tests.Manager;

/// <summary>A server that holds its answers until the test releases them.</summary>
internal sealed class HeldServer
{
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HeldServer(FakeServer server) => Server = server;

    public FakeServer Server { get; }

    public static async Task<HeldServer> AddAsync(ManagerUnderTest manager, int slots = 2)
    {
        var held = new HeldServer(await manager.AddServerAsync("prerender-0", slots: slots));
        var answer = held.Server.Answer;
        held.Server.Answer = async (http, request) =>
        {
            await held._release.Task.WaitAsync(http.RequestAborted);
            await answer(http, request);
        };
        return held;
    }

    /// <summary>Completes when the answers are released.</summary>
    public Task Released => _release.Task;

    public void Release() => _release.TrySetResult();
}
