namespace Fleet.Tests.Sample;

/// <summary>The sample is readable at any width, and its cards fill their screenshots.</summary>
[Collection(SampleCollection.Name)]
public sealed class LayoutTests(SampleSite site) : IAsyncDisposable
{
    private const double SmallestText = 11;

    /// <summary>Texts that are shown smaller than a bound, in pixels of the window, with all scaling of drawings.</summary>
    private const string SmallTexts = """
        (bound) => {
          const small = [];
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const { parentElement: node, data } = walker.currentNode;
            if (!data.trim() || !node.checkVisibility()) continue;
            const matrix = node.getScreenCTM?.();
            const size = parseFloat(getComputedStyle(node).fontSize) * (matrix ? Math.sqrt(Math.abs(matrix.a * matrix.d - matrix.b * matrix.c)) : 1);
            if (size < bound) small.push(`${data.trim().slice(0, 30)}: ${size.toFixed(1)} px`);
          }
          return small;
        }
        """;

    /// <summary>Shows a card alone, as for its screenshot. Returns the height of its largest text as a share of the window's, and whether the drawing is inside of the window.</summary>
    private const string InPicture = """
        (html) => {
          const box = document.createElement('div');
          box.style.cssText = 'position:fixed;inset:0;z-index:9;display:grid;overflow:hidden';
          box.innerHTML = html;
          document.body.append(box);
          const largest = Math.max(...[...box.querySelectorAll('strong, span')].map((node) => parseFloat(getComputedStyle(node).fontSize)));
          const drawings = [...box.querySelectorAll('.tower, .where')].map((node) => node.getBoundingClientRect());
          return [largest / innerHeight, drawings.filter(({ left, top, right, bottom, height }) => height > innerHeight / 5 && left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight).length];
        }
        """;

    public ValueTask DisposeAsync() => site.CloseAllAsync();

    [Theory]
    [InlineData(360)]
    [InlineData(1280)]
    [InlineData(2560)]
    public async Task Pages_OfAnyWidth_FitAndHaveNoSmallText(int width)
    {
        var page = await site.OpenAsync();
        await page.SetViewportSizeAsync(width, 900);
        foreach (var path in (string[])["", "elements/", "elements/iron", "elements/oganesson", "elements/noble-gases", "lighthouses/", "lighthouses/eddystone", "lighthouses/keepers"])
        {
            await page.GotoAsync(site.Url + path);
            await page.Locator("h1").WaitForAsync();
            Assert.Empty((await page.EvaluateAsync<string[]>(SmallTexts, SmallestText)).Select(text => $"/{path}: {text}"));
            Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), $"/{path} is wider than the window.");
        }
    }

    [Theory]
    [InlineData("elements/hydrogen", 0.5, 0)]
    [InlineData("elements/noble-gases", 0.1, 1)]
    [InlineData("elements/", 0.1, 1)]
    [InlineData("lighthouses/westerheversand", 0.09, 1)]
    [InlineData("lighthouses/keepers", 0.15, 0)]
    public async Task Fitted_InAPicture_IsLargeAndWhole(string path, double text, int drawings)
    {
        var page = await site.OpenAsync();
        foreach (var (width, height) in new[] { (1200, 630), (600, 315) })
        {
            await page.SetViewportSizeAsync(width, height);
            await page.GotoAsync(site.Url + path);
            await page.Locator("h1").WaitForAsync();
            var html = await page.EvaluateAsync<string>("async (url) => (await fleet.render({ url, formats: ['fitted'] })).formats.fitted", site.Url + path);
            var seen = await page.EvaluateAsync<double[]>(InPicture, html);
            Assert.True(seen[0] >= text, $"At {width} × {height} the largest text has {seen[0]:0.00} of the height.");
            Assert.Equal(drawings, seen[1]);
        }
    }

    [Fact]
    public async Task Element_WithNothingKnown_HasNoEmptyPanel()
    {
        var page = await site.OpenAsync();
        await page.GotoAsync(site.Url + "elements/oganesson");
        await page.Locator("h1").WaitForAsync();
        var panels = await page.Locator(".element-panels > section > h2").AllTextContentsAsync();
        Assert.DoesNotContain("Melting and boiling", panels);
        Assert.Contains("Electrons", panels);
    }
}
