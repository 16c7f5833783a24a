using Fleet.Contracts;
using static Fleet.Tests.Manager.Dialects.DialectRequests;

namespace Fleet.Tests.Manager.Dialects;

/// <summary>Rendertron's addresses: its defaults and options.</summary>
public sealed class RendertronDialectTests
{
    [Fact]
    public async Task Get_ScreenshotOfRendertron_HasItsDefaults()
    {
        await using var manager = await StartAsync();
        var server = await manager.AddServerAsync("prerender-0");
        using var response = await SendAsync(manager, "GET", "/screenshot/http%3A%2F%2F127.0.0.1%3A9%2Fproducts%2F7?width=600");
        Assert.Equal(200, (int)response.StatusCode);
        var asked = Assert.Single(server.Screenshots);
        Assert.Equal((Page, ScreenshotType.Jpeg, 600, 1000), (asked.Url, asked.Type, asked.Width, asked.Height));
    }

    [Theory]
    [InlineData("?mobile", "mobile", null)]
    [InlineData("?mobile=true&timezoneId=Europe/Berlin", "mobile", "Europe/Berlin")]
    [InlineData("?mobile=false", null, null)]
    public async Task Get_OptionsOfRendertron_AreRequested(string query, string? device, string? timezone)
    {
        await using var manager = await StartAsync();
        var server = await manager.AddServerAsync("prerender-0");
        using var document = await SendAsync(manager, "GET", "/render/" + Page + query);
        using var screenshot = await SendAsync(manager, "GET", "/screenshot/" + Page + query);
        Assert.Equal((200, 200), ((int)document.StatusCode, (int)screenshot.StatusCode));
        var (rendered, taken) = (Assert.Single(server.Calls).Request, Assert.Single(server.Screenshots));
        Assert.Equal((device, timezone), (rendered.Device, rendered.Timezone));
        Assert.Equal((device, timezone, device is null ? 1000 : null), (taken.Device, taken.Timezone, taken.Width));
    }
}
