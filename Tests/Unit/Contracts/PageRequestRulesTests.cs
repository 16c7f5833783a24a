using Fleet.Contracts;

namespace Fleet.Tests.Contracts;

public sealed class PageRequestRulesTests
{
    private static readonly RenderRequest s_plain = new() { Url = "http://h/", Formats = [RenderFormat.Html] };

    public static TheoryData<string, RenderRequest, string> Invalid => new()
    {
        { "waitForSelector", s_plain with { WaitForSelector = "" }, "'waitForSelector' has 0 characters: 1 to 500 are allowed." },
        { "waitForFunction", s_plain with { WaitForFunction = new string('x', 4001) }, "'waitForFunction' has 4001 characters: 1 to 4000 are allowed." },
        { "waitForEvent", s_plain with { WaitForEvent = new string('x', 101) }, "'waitForEvent' has 101 characters" },
        { "waitForTimeout", s_plain with { WaitForTimeout = -1 }, "'waitForTimeout' is -1: it must be between 0 and 120000." },
        { "maxWaitMs", s_plain with { WaitForSelector = "a", MaxWaitMs = 0 }, "'maxWaitMs' is 0: it must be between 1 and 120000." },
        { "maxWaitMs", s_plain with { MaxWaitMs = 500 }, "'maxWaitMs' has nothing to bound" },
        { "device", s_plain with { Device = "iphone-51" }, "'device': 'iphone-51' is not a name of a device; did you mean 'iphone-15'?" },
        { "device", s_plain with { Device = "toaster" }, "Its names: desktop, mobile, tablet, " },
        { "width", s_plain with { Width = 99 }, "'width' is 99: it must be between 100 and 3840." },
        { "userAgent", s_plain with { UserAgent = "a\r\nb" }, "'userAgent' has characters other than visible ASCII and spaces." },
        { "locale", s_plain with { Locale = "de_DE" }, "'locale' is 'de_DE': it must be a language tag such as 'de' or 'de-DE'." },
        { "timezone", s_plain with { Timezone = "../etc" }, "'timezone' is '../etc', which is not a name" },
        { "timezone", s_plain with { Timezone = "Europe/Berln" }, "did you mean 'Europe/Berlin'?" },
        { "headers", s_plain with { Headers = Header("Host") }, "'headers' has 'Host', which cannot be set: it follows from the URL." },
        { "headers", s_plain with { Headers = Header("cookie") }, "use 'cookies'" },
        { "headers", s_plain with { Headers = Header("Authorization") }, "use 'credentials'" },
        { "headers", s_plain with { Headers = Header("transfer-encoding") }, "it is of the connection" },
        { "headers", s_plain with { Headers = Header("Proxy-Authorization") }, "the browser sets it" },
        { "headers", s_plain with { Headers = Header("Sec-Fetch-Site") }, "the browser sets it" },
        { "headers", s_plain with { Headers = Header("X-Fleet-Lineage") }, "the fleet sets it" },
        { "headers", s_plain with { Headers = Header("X-Forwarded-For") }, "a proxy sets it" },
        { "headers", s_plain with { Headers = Header("X Y") }, "'headers' has 'X Y': a name is" },
        { "headers", s_plain with { Headers = Header("X-A", "secret\r\nHost: x") }, "'headers' has 'X-A' with a value that is not" },
        { "headers", s_plain with { Headers = Enumerable.Range(0, 21).ToDictionary(static n => $"X-{n}", static n => "") }, "'headers' has 21 entries: at most 20 are allowed." },
        { "cookies", s_plain with { Cookies = [new() { Name = "a=b" }] }, "'cookies' has the name 'a=b'" },
        { "cookies", s_plain with { Cookies = [new() { Name = "a", Value = "secret;x" }] }, "'cookies' has 'a' with a value that is not" },
        { "cookies", s_plain with { Cookies = [new() { Name = "a", Path = "x" }] }, "with the path 'x'" },
        { "cookies", s_plain with { Cookies = [new() { Name = "a", SameSite = CookieSameSite.None }] }, "only with 'secure'" },
        { "cookies", s_plain with { Cookies = [new() { Name = "__Secure-a" }] }, "'cookies' has '__Secure-a', a name that browsers accept only with 'secure'." },
        { "cookies", s_plain with { Cookies = [new() { Name = "__Host-a", Path = "/b", Secure = true }] }, "only with the path '/'" },
        { "blockResources", s_plain with { BlockResources = ["imgae"] }, "'imgae' is not a type of a resource; did you mean 'image'?" },
        { "blockResources", s_plain with { BlockResources = ["document"] }, "'document' is not a type" },
        { "blockUrls", s_plain with { BlockUrls = ["a b"] }, "'blockUrls' has 'a b'" },
        { "blockUrls", s_plain with { BlockUrls = [""] }, "'blockUrls' has ''" },
        { "blockUrls", s_plain with { BlockUrls = [.. Enumerable.Repeat("*", 51)] }, "'blockUrls' has 51 entries: at most 50 are allowed." },
        { "device", s_plain with { Device = "mobile", Formats = [RenderFormat.Isolated] }, "'device' is for a page that is navigated to" },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Check_InvalidOption_IsOneErrorThatNamesFieldValueAndBound(string field, RenderRequest request, string message)
    {
        var error = Assert.Single(RenderRequestRules.Check(request));
        Assert.Equal(field, error.Field);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5000, 5000, false)]
    [InlineData(4999, 5000, true)]
    [InlineData(30_000, null, false)]
    public void CheckDeadline_FixedWait_IsShorterThanTheDeadline(int wait, int? deadline, bool isValid) => Assert.Equal(
        isValid ? null : $"'waitForTimeout' is {wait}: it must be less than 'deadlineMs', {deadline ?? 30_000}.", PageRequestRules.CheckDeadline(s_plain with { WaitForTimeout = wait, DeadlineMs = deadline })?.Message);

    [Fact]
    public void Check_EveryOption_IsValid() => Assert.Empty(RenderRequestRules.Check(s_plain with
    {
        WaitForSelector = "#a",
        WaitForFunction = "window.a",
        WaitForEvent = "a",
        WaitForTimeout = 100,
        MaxWaitMs = 500,
        BestAttempt = true,
        Device = "iPhone-15",
        Width = 400,
        Height = 800,
        UserAgent = "Mine/1.0",
        Locale = "zh-Hans-CN",
        Timezone = "Europe/Berlin",
        ColorScheme = PageColorScheme.Dark,
        Media = PageMedia.Print,
        Headers = Header("X-Feature", "beta, \"quoted\""),
        Cookies = [new() { Name = "a", Value = "b=c", Path = "/d", Secure = true, HttpOnly = true, SameSite = CookieSameSite.None }],
        BlockResources = ["image", "XHR"],
        BlockUrls = ["*/ads/*"],
    }));

    [Fact]
    public void ToString_OfARequest_HasNoValuesOfHeadersAndCookies() => Assert.DoesNotContain("secret",
        (s_plain with { Headers = Header("X-A", "secret"), Cookies = [new() { Name = "a", Value = "secret" }] }).ToString() + new PageCookie { Name = "a", Value = "secret" }, StringComparison.Ordinal);

    private static Dictionary<string, string> Header(string name, string value = "x") => new() { [name] = value };
}
