using Fleet.Contracts;
using Fleet.PrerenderServer.Rendering.Diagnostics;
using Fleet.PrerenderServer.Rendering.Operations;
using Fleet.ServiceDefaults;

namespace Fleet.Tests.Rendering;

public sealed class FailureLogTests
{
    [Theory]
    [InlineData("GET http://h/a?token=1#x: 404", "GET http://h/a: 404")]
    [InlineData("waits for https://h/a?b, http://h/c#d.", "waits for https://h/a, http://h/c.")]
    [InlineData("Is it late? It is.", "Is it late? It is.")]
    [InlineData("http://h/a", "http://h/a")]
    public void WithoutQueries_Text_KeepsAllButThem(string text, string expected) => Assert.Equal(expected, DiagnosticsRedactor.WithoutQueries(text));

    [Fact]
    public void AddStack_LongerThanIsKept_IsCut()
    {
        var log = new FailureLog(TimeProvider.System);
        var operation = new RenderOperation(new("http://h/r/a"), AffinityKey.Realm("http://h/r/"), null, new Deadline(TimeSpan.FromSeconds(1), TimeProvider.System), 0, default, "id", "");
        var failure = log.Add(operation, new() { Outcome = RenderOutcome.TimedOut, Url = "http://h/r/a", Affinity = "realm:http://h/r/" });
        log.AddStack(failure.Id, new string('x', 1_000_000));
        Assert.Equal(Failure.MaxStack, log.Find(failure.Id)!.Diagnostics!.Stack!.Length);
    }
}
