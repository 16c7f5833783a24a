using Fleet.ServiceDefaults;

namespace Fleet.Tests.ServiceDefaults;

/// <summary>A name that is mistaken for a hash keeps an old file for a year, so the names of people come first.</summary>
public sealed class ContentHashTests
{
    private static readonly string[] s_words =
    [
        "app", "main", "bundle", "vendor", "react", "polyfills", "awesome", "components", "holiday", "runtime", "router", "client", "production", "contract",
        "JSON", "en", "es", "ie", "x", "v", "linux", "modules", "facade", "decade", "face",
    ];

    private static readonly string[] s_numbers = ["", "1", "2", "5", "11", "18", "64", "2015", "2024", "20241231", "1700000000000"];

    [Theory]
    [InlineData("index-Dk8Lo2pQ.js", true)]
    [InlineData("index-BRBmoGS9.js", true)]
    [InlineData("chunk-BRBmoGSx.js", true)]
    [InlineData("index-3f2a9c1b.css", true)]
    [InlineData("chunk-a-B3x_9zQe.js", true)]
    [InlineData("main.8f3a2b1c.chunk.css", true)]
    [InlineData("dotnet.57ptqswp9p.js", true)]
    [InlineData("CfD9aB1c.js", true)]
    [InlineData("main-5B4TNGBV.js", true)]
    [InlineData("app-0a1cfe2b9d8e7f6a5b4c.js", true)]
    [InlineData("logo.6ce24c58023cc2f8fd88.svg", true)]
    [InlineData("3f2504e0-4f89-41d3-9a0c-0305e82c3301.jpg", true)]
    [InlineData("index-abc1234.js", false)]
    [InlineData("app.js", false)]
    [InlineData("host-contract.js", false)]
    [InlineData("element-drawings.js", false)]
    [InlineData("read-Contract.js", false)]
    [InlineData("LICENSE-NOTICES.txt", false)]
    [InlineData("index-BRBmoGS9", false)]
    [InlineData("index-DiwrgTda.js", false)]
    [InlineData("font-awesome5.css", false)]
    [InlineData("app-mainBundle.js", false)]
    [InlineData("chunk-polyfills2.js", false)]
    [InlineData("vendor-react18Bundle.js", false)]
    [InlineData("load-JSONData2.js", false)]
    [InlineData("polyfills-ie11-es5.js", false)]
    [InlineData("app-linux_x86_64.js", false)]
    [InlineData("report-20241231.pdf", false)]
    [InlineData("build.20261129T101500Z.js", false)]
    [InlineData("photo-IMG01234.jpg", false)]
    [InlineData("über-ÄÖÜ12ß34.js", false)]
    [InlineData(".js", false)]
    [InlineData("", false)]
    public void IsIn_FileName_IsTrueForHashesOnly(string name, bool expected) => Assert.Equal(expected, ContentHash.IsIn(name));

    [Fact]
    public void IsIn_WordsWithNumbers_IsFalse()
    {
        var names = from first in s_words from glue in new[] { "", "-", "_", "." } from second in s_words from capital in new[] { true, false } from number in s_numbers
                    select $"{first}{glue}{(capital ? char.ToUpperInvariant(second[0]) + second[1..] : second)}{number}.js";
        var numberInside = from first in s_words from second in s_words from number in s_numbers where number != "" && (first, second) != ("JSON", "JSON") select $"chunk-{first}{number}{char.ToUpperInvariant(second[0])}{second[1..]}.js";


        Assert.DoesNotContain(names.Concat(numberInside), ContentHash.IsIn);
    }

    [Theory]
    [InlineData("0123456789abcdef", 8, 0.65)]
    [InlineData("0123456789abcdef", 20, 0.99)]
    [InlineData("0123456789abcdefghijklmnopqrstuvwxyz", 10, 0.6)]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 8, 0.5)]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_", 8, 0.68)]
    public void IsIn_HashesOfBundlers_AreMostlyRecognized(string alphabet, int length, double share)
    {
        var random = new Random(1);
        var names = Enumerable.Range(0, 2_000).Select(_ => $"index-{new string(random.GetItems<char>(alphabet, length))}.js").ToList();

        Assert.InRange(names.Count(ContentHash.IsIn) / (double)names.Count, share, 1);
        Assert.All(names.Where(ContentHash.IsIn), name => Assert.True(ContentHash.MayBeIn(name), name));
    }

    [Theory]
    [InlineData("index-BRBmoGSx.js", true)]
    [InlineData("font-awesome5.css", true)]
    [InlineData("host-contract.js", false)]
    public void MayBeIn_FileName_IsTrueForWordsWithDigitsOrCapitals(string name, bool expected) => Assert.Equal(expected, ContentHash.MayBeIn(name));
}
