using Fleet.Standalone.Hosting;
using Fleet.Standalone.Serving;

namespace Fleet.Tests.Standalone;

public sealed class ServeSummaryTests
{
    private static readonly StandaloneAddresses s_addresses = new(new("http://127.0.0.1:5100"), new("http://127.0.0.1:5200"), new("http://127.0.0.1:5301"));
    private static readonly StandaloneSettings s_settings = new() { Browser = "/usr/bin/chromium" };

    [Fact]
    public void Format_Sample_HasAddressesWhatToTryAndThatPagesAreInMemory() => Assert.Equal(
        """

          site      http://127.0.0.1:5100/    the sample app with prerendered pages: open it in a browser
          manager   http://127.0.0.1:5200/    renders on request, and the state of the fleet

          Try       curl -H 'Accept: text/html' http://127.0.0.1:5100/elements/hydrogen
                    curl 'http://127.0.0.1:5200/render?url=http://127.0.0.1:5100/elements/hydrogen'

        Stored pages are in memory only and are rendered again at the next start; --data DIR keeps them.
        Ready after 2.5 s. Ctrl-C stops everything.
        """,
        ServeSummary.Format(s_settings, s_addresses, adminKeyFile: null, TimeSpan.FromSeconds(2.5)), ignoreLineEndingDifferences: true);

    [Fact]
    public void Format_AppOfOnesOwnWithData_NamesFolderAndKeyFileAndNothingOfTheSample()
    {
        var text = ServeSummary.Format(s_settings with { Dist = "/app/dist", DataFolder = "/app/data" }, s_addresses, "/app/data/admin-key", TimeSpan.Zero);

        Assert.Contains("your app with prerendered pages", text, StringComparison.Ordinal);
        Assert.Contains("  data      /app/data", text, StringComparison.Ordinal);
        Assert.Contains("$(cat '/app/data/admin-key')", text, StringComparison.Ordinal);
        Assert.Contains("curl -A Googlebot http://127.0.0.1:5100/", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hydrogen", text, StringComparison.Ordinal);
        Assert.DoesNotContain("memory", text, StringComparison.Ordinal);
    }
}
