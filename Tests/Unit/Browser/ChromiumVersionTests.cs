using Fleet.BrowserSetup;

namespace Fleet.Tests.Browser;

public sealed class ChromiumVersionTests
{
    [Theory]
    [InlineData("HeadlessChrome/156.0.8078.108", "156.0.8078.4", 0)]
    [InlineData("Chrome/155.9.9999.999", "156.0.8078.4", -1)]
    [InlineData("HeadlessChrome/99.0.1.2", "156.0.8078.4", -1)]
    [InlineData("HeadlessChrome/157.0.0.0", "156.0.8078.4", 1)]
    [InlineData("Edg/156", "156.0.8078.4", 0)]
    [InlineData("156.0.1.2", "156.0.8078.4", 0)]
    [InlineData("HeadlessChrome", "156.0.8078.4", null)]
    [InlineData("HeadlessChrome/", "156.0.8078.4", null)]
    [InlineData("HeadlessChrome/-1.0", "156.0.8078.4", null)]
    [InlineData("", "156.0.8078.4", null)]
    public void Compare_Versions_IsByTheirMajorNumbers(string product, string tested, int? expected) => Assert.Equal(expected, ChromiumVersion.Compare(product, tested));

    /// <summary>The build of BrowserSetup reads the version from the package.</summary>
    [Fact]
    public void Tested_Version_IsThatOfThePlaywrightPackage()
    {
        Assert.True(Version.TryParse(ChromiumVersion.Tested, out var version) && version.Major > 100, ChromiumVersion.Tested);
        Assert.Equal(0, ChromiumVersion.Compare($"HeadlessChrome/{version}"));
        Assert.True(Version.TryParse(ChromiumVersion.Playwright, out _), ChromiumVersion.Playwright);
    }
}
