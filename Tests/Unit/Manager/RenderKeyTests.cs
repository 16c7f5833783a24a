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
    public void Of_SameRequest_IsOneKeyAtAnyPriorityAndDeadline()
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
            RenderKey.Of(Operation(s_request) with { FullLoad = true }),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.DoesNotContain("Bearer", string.Concat(keys.Select(key => key.ToString())), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_EveryOptionOfAPage_IsPartOfTheKey()
    {
        var plain = s_request with { Credentials = null };
        RenderRequest[] requests =
        [
            plain,
            plain with { WaitForSelector = "a" },
            plain with { WaitForFunction = "a" },
            plain with { WaitForEvent = "a" },
            plain with { WaitForTimeout = 1 },
            plain with { WaitForSelector = "a", MaxWaitMs = 5 },
            plain with { WaitForSelector = "a", BestAttempt = true },
            plain with { Device = "mobile" },
            plain with { Width = 500 },
            plain with { Height = 500 },
            plain with { UserAgent = "a" },
            plain with { Locale = "de" },
            plain with { Timezone = "Europe/Berlin" },
            plain with { ColorScheme = PageColorScheme.Dark },
            plain with { Media = PageMedia.Print },
            plain with { Headers = new Dictionary<string, string> { ["X-A"] = "1" } },
            plain with { Headers = new Dictionary<string, string> { ["X-A"] = "2" } },
            plain with { Cookies = [new() { Name = "a", Value = "1" }] },
            plain with { Cookies = [new() { Name = "a", Value = "2" }] },
            plain with { BlockResources = ["image"] },
            plain with { BlockUrls = ["*a"] },
        ];
        // Every new member of a request must be added to this list.
        var options = typeof(PageRequest).GetProperties().Select(static p => p.Name).Except(["Url", "Affinity", "DeadlineMs", "Priority", "Accept", "Credentials", "EqualityContract"]);
        Assert.All(options, name => Assert.Contains(requests, request => typeof(PageRequest).GetProperty(name)!.GetValue(request) is not null));
        Assert.Equal(requests.Length, requests.Select(request => KeyOf(request)).Distinct().Count());
        Assert.Equal(requests.Length, requests.Select(request => KeyOf(request, new ScreenshotRequest { Url = request.Url, Device = request.Device, Pdf = null, Width = request.Width, Height = request.Height,
            WaitForSelector = request.WaitForSelector, WaitForFunction = request.WaitForFunction, WaitForEvent = request.WaitForEvent, WaitForTimeout = request.WaitForTimeout, MaxWaitMs = request.MaxWaitMs,
            BestAttempt = request.BestAttempt, UserAgent = request.UserAgent, Locale = request.Locale, Timezone = request.Timezone, ColorScheme = request.ColorScheme, Media = request.Media,
            Headers = request.Headers, Cookies = request.Cookies, BlockResources = request.BlockResources, BlockUrls = request.BlockUrls })).Distinct().Count());
        // Equal lists have the same key, although they are different objects.
        Assert.Equal(KeyOf(plain with { BlockUrls = ["*a"], Cookies = [new() { Name = "a" }] }), KeyOf(plain with { BlockUrls = ["*a"], Cookies = [new() { Name = "a" }] }));
    }

    private static RenderKey KeyOf(RenderRequest request, ScreenshotRequest? screenshot = null) =>
        RenderKey.Of(Operation(request) with { Screenshot = screenshot });

    private static RenderOperation Operation(RenderRequest request) => new(request, "user:ada#ada", "id", new Deadline(TimeSpan.FromSeconds(1), TimeProvider.System));
}
