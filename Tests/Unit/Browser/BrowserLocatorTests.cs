using Fleet.BrowserSetup;
using Fleet.ServiceDefaults;

namespace Fleet.Tests.Browser;

public class BrowserLocatorTests
{
    private static readonly string[] s_shells = ["/home/x/.cache/ms-playwright/chromium_headless_shell-2/linux/headless_shell"];

    [Fact]
    public void Choose_WrongSetting_NamesSettingAndValue()
    {
        var error = Assert.Throws<StartException>(() => BrowserLocator.Choose("/nowhere/chromium", s_shells, "/usr/bin", path => path != "/nowhere/chromium"));
        Assert.Contains("Browser:ExecutablePath is '/nowhere/chromium'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/opt/mine", "/opt/mine")]
    [InlineData(null, "/home/x/.cache/ms-playwright/chromium_headless_shell-2/linux/headless_shell")]
    public void Choose_EverythingExists_PrefersSettingThenPlaywrightsShell(string? configured, string expected) =>
        Assert.Equal(expected, BrowserLocator.Choose(configured, s_shells, "/usr/bin", _ => true));

    [Fact]
    public void Choose_DebianWithBoth_PrefersTheShellInTheLibraryFolderOverTheWrapper() =>
        Assert.Equal("/usr/lib/chromium/chromium-headless-shell", BrowserLocator.Choose(null, [], "/usr/bin",
            path => path is "/usr/bin/chromium-headless-shell" or "/usr/lib/chromium/chromium" or "/usr/lib/chromium/chromium-headless-shell"));

    [Fact]
    public void Choose_OnlyOnPath_PrefersAShellWhereverItIs() =>
        Assert.Equal("/b/chromium-headless-shell", BrowserLocator.Choose(null, [], "/a:/b", path => path is "/a/chromium" or "/b/chromium-headless-shell"));

    [Fact]
    public void Choose_NothingInstalled_IsNull() => Assert.Null(BrowserLocator.Choose(null, [], "/usr/bin", _ => false));
}
