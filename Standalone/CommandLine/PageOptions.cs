using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Standalone.CommandLine;

/// <summary>Options of every command that renders a page: those of a <see cref="PageRequest"/>, under the same names.</summary>
internal sealed class PageOptions
{
    private readonly Option<string?> _waitForSelector = Text("--wait-for-selector", "CSS", "Wait until an element matches this CSS selector.");
    private readonly Option<string?> _waitForFunction = Text("--wait-for-function", "JS", "Wait until this JavaScript expression, or what it returns, is truthy.");
    private readonly Option<string?> _waitForEvent = Text("--wait-for-event", "NAME", "Wait until an event of this name is dispatched in the document or at its window.");
    private readonly Option<int?> _waitForTimeout = OptionParsers.OptionalNumber("--wait-for-timeout", "MS", 0, RenderLimits.MaxDeadlineMs, "Wait this long after the other waits.");
    private readonly Option<int?> _maxWaitMs = OptionParsers.OptionalNumber("--max-wait-ms", "MS", 1, RenderLimits.MaxDeadlineMs, "Maximum time of the first three waits. Default: until --timeout.");
    private readonly Option<bool> _bestAttempt = new("--best-attempt") { Description = "Take the page as it is when a wait is not met. Default: a timeout." };
    private readonly Option<string?> _device = Text("--device", "NAME", $"Show the page on a device: {string.Join(", ", DevicePreset.All.Select(device => device.Name))}. Default: desktop.");
    private readonly Option<int?> _width = OptionParsers.OptionalNumber("--width", "PIXELS", 100, 3840, "Width of the viewport in CSS pixels, 100 to 3840. Default: the device's, 1280.");
    private readonly Option<int?> _height = OptionParsers.OptionalNumber("--height", "PIXELS", 100, 2160, "Height of the viewport in CSS pixels, 100 to 2160. Default: the device's, 800.");
    private readonly Option<string?> _userAgent = Text("--user-agent", "TEXT", "User agent. Default: the device's.");
    private readonly Option<string?> _locale = Text("--locale", "TAG", "Language of the page, such as de-DE.");
    private readonly Option<string?> _timezone = Text("--timezone", "NAME", "Time zone, such as Europe/Berlin. Default: this machine's.");
    private readonly Option<string?> _colorScheme = OptionParsers.Word("--color-scheme", ["light", "dark"], "The color scheme that the page's media queries report. Default: light.");
    private readonly Option<string?> _media = OptionParsers.Word("--media", ["screen", "print"], "The media type whose styles apply. Default: screen; for a PDF print.");
    private readonly Option<Dictionary<string, string>> _headers = Pairs("--header", "NAME: VALUE", ':', "Header of requests to the origin of the page. Repeatable.");
    private readonly Option<Dictionary<string, string>> _cookies = Pairs("--cookie", "NAME=VALUE", '=', "Cookie of the host of the page. Repeatable.");
    private readonly Option<string[]> _blockResources = List("--block-resources", "TYPES", $"Types that the page does not load, comma-separated: {string.Join(", ", PageRequestRules.ResourceTypes)}.");
    private readonly Option<string[]> _blockUrls = List("--block-urls", "PATTERNS", "URLs that the page does not load, comma-separated; * is any text.");

    /// <summary>All options.</summary>
    public IEnumerable<Option> All =>
    [
        _waitForSelector, _waitForFunction, _waitForEvent, _waitForTimeout, _maxWaitMs, _bestAttempt, _device, _width, _height, _userAgent, _locale, _timezone, _colorScheme, _media,
        _headers, _cookies, _blockResources, _blockUrls,
    ];

    /// <summary>The request with these options.</summary>
    /// <param name="command">The command line.</param>
    /// <param name="request">What only this kind of request has.</param>
    public T ApplyTo<T>(ParseResult command, T request)
        where T : PageRequest => (T)((PageRequest)request with
        {
            WaitForSelector = command.GetValue(_waitForSelector),
            WaitForFunction = command.GetValue(_waitForFunction),
            WaitForEvent = command.GetValue(_waitForEvent),
            WaitForTimeout = command.GetValue(_waitForTimeout),
            MaxWaitMs = command.GetValue(_maxWaitMs),
            BestAttempt = command.GetValue(_bestAttempt) ? true : null,
            Device = command.GetValue(_device),
            Width = command.GetValue(_width),
            Height = command.GetValue(_height),
            UserAgent = command.GetValue(_userAgent),
            Locale = command.GetValue(_locale),
            Timezone = command.GetValue(_timezone),
            ColorScheme = command.GetValue(_colorScheme) is { } scheme ? Enum.Parse<PageColorScheme>(scheme, ignoreCase: true) : null,
            Media = command.GetValue(_media) is { } media ? Enum.Parse<PageMedia>(media, ignoreCase: true) : null,
            Headers = command.GetValue(_headers) is { Count: > 0 } headers ? headers : null,
            Cookies = command.GetValue(_cookies) is { Count: > 0 } cookies ? [.. cookies.Select(static cookie => new PageCookie { Name = cookie.Key, Value = cookie.Value })] : null,
            BlockResources = command.GetValue(_blockResources) is { Length: > 0 } types ? types : null,
            BlockUrls = command.GetValue(_blockUrls) is { Length: > 0 } patterns ? patterns : null,
        });

    /// <summary>An error of a request with the names of the command line: <c>'fullPage'</c> is <c>--full-page</c>.</summary>
    /// <param name="message">The message.</param>
    /// <param name="options">The options of the command.</param>
    public static string NameOptions(string message, IEnumerable<Option> options) => options
        .Select(static option => (Member: JsonNamingPolicy.CamelCase.ConvertName(string.Concat(option.Name.TrimStart('-').Split('-').Select(static word => char.ToUpperInvariant(word[0]) + word[1..]))), option.Name))
        .Append(("headers", "--header")).Append(("cookies", "--cookie")).Append(("deadlineMs", "--timeout"))
        .Aggregate(message, static (text, option) => text.Replace($"'{option.Item1}'", option.Item2, StringComparison.Ordinal));

    private static Option<string?> Text(string name, string helpName, string description) => new(name) { HelpName = helpName, Description = description };

    private static Option<string[]> List(string name, string helpName, string description) => new(name)
    {
        HelpName = helpName,
        Description = description,
        CustomParser = static result => [.. result.Tokens.SelectMany(static token => token.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))],
    };

    private static Option<Dictionary<string, string>> Pairs(string name, string helpName, char separator, string description) => new(name)
    {
        HelpName = helpName,
        Description = description,
        Arity = ArgumentArity.OneOrMore,
        DefaultValueFactory = static _ => [],
        CustomParser = result => ReadPairs(result, name, helpName, separator),
    };

    private static Dictionary<string, string> ReadPairs(ArgumentResult result, string name, string helpName, char separator)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in result.Tokens.Select(static token => token.Value))
        {
            var at = text.IndexOf(separator, StringComparison.Ordinal);
            if (at < 1)
            {
                // Without a separator the whole text may be a secret.
                result.AddError($"{name} has no '{separator}': write it as {helpName}.");
            }
            else if (!pairs.TryAdd(text[..at].Trim(), text[(at + 1)..].Trim()))
            {
                result.AddError($"{name} has {Quoted.Of(text[..at].Trim())} twice: once is allowed.");
            }
        }

        return pairs;
    }
}
