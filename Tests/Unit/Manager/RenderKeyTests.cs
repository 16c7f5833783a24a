using Fleet.ServiceDefaults;
using Fleet.Contracts;
using Fleet.Manager.Pipeline;
using Fleet.Manager.Rendering;

namespace Fleet.Tests.Manager;

public sealed class RenderKeyTests
{
    private static readonly RenderRequest s_request = new()
    {
        Url = ManagerUnderTest.Card,
        Affinity = "user:ada#ada",
        Credentials = new() { Authorization = "Bearer one" },
    };

    [Fact]
    public void Of_TheSame_IsOneKeyWhateverItsHurry()
    {
        Assert.Equal(KeyOf(s_request), KeyOf(s_request with { Credentials = new() { Authorization = "Bearer one" }, Priority = 7, DeadlineMs = 500 }));
        var screenshot = new ScreenshotRequest { Url = s_request.Url, Width = 600 };
        Assert.Equal(KeyOf(s_request, screenshot), KeyOf(s_request, screenshot with { Priority = 3, DeadlineMs = 900 }));
    }

    [Fact]
    public void Of_OtherCredentialsOrAnotherScreenshot_IsAnotherKey()
    {
        var screenshot = new ScreenshotRequest { Url = s_request.Url, Width = 600 };
        RenderKey[] keys =
        [
            KeyOf(s_request),
            KeyOf(s_request with { Credentials = new() { Authorization = "Bearer two" } }),
            KeyOf(s_request with { Credentials = null }),
            KeyOf(s_request, screenshot),
            KeyOf(s_request, screenshot with { Format = RenderFormat.Fitted }),
            KeyOf(s_request, screenshot with { Scale = 2 }),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.DoesNotContain("Bearer", string.Concat(keys.Select(key => key.ToString())), StringComparison.Ordinal);
    }

    private static RenderKey KeyOf(RenderRequest request, ScreenshotRequest? screenshot = null) =>
        RenderKey.Of(new RenderOperation(request, "user:ada#ada", "id", new Deadline(TimeSpan.FromSeconds(1), TimeProvider.System), Screenshot: screenshot));
}
