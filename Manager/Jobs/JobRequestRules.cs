using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Fleet.Contracts;
using Fleet.Registry.Jobs;
using Fleet.ServiceDefaults;

namespace Fleet.Manager.Jobs;

/// <summary>Validates requests for jobs, and derives from them what the jobs do.</summary>
internal static class JobRequestRules
{
    private const int MaxKeyLength = 128;
    private const string AnyUrl = "http://localhost/";

    private static readonly string[] s_kinds = ["urls", "sitemap", "crawl", "recache"];
    private static readonly string[] s_selections = ["urls", "prefix", "pattern", "sitemap"];
    private static readonly string[] s_prefixStarts = ["/", "http://", "https://"];
    private static readonly JsonSerializerOptions s_strict = new(FleetJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <summary>All validation errors; empty when the request is valid.</summary>
    /// <param name="request">The request.</param>
    /// <param name="webhooks">Origins to which webhooks may be sent.</param>
    public static IReadOnlyList<FieldError> Check(JobRequest request, OriginAllowList webhooks) =>
    [
        .. new[]
        {
            CheckOne(s_kinds, [request.Urls, request.Sitemap, request.Crawl, request.Recache], "the body"),
            CheckUrls("urls", request.Urls, areOfTheSite: false),
            CheckUrl("sitemap", request.Sitemap),
            CheckUrl("crawl.start", request.Crawl is { } crawl ? crawl.Start ?? "" : null),
            CheckNumber("crawl.depth", request.Crawl?.Depth, 0, JobLimits.MaxDepth),
            CheckPatterns("crawl.include", request.Crawl?.Include),
            CheckPatterns("crawl.exclude", request.Crawl?.Exclude),
            request.Recache is { } recache ? CheckOne(s_selections, [recache.Urls, recache.Prefix, recache.Pattern, recache.Sitemap], "'recache'") : null,
            CheckUrls("recache.urls", request.Recache?.Urls, areOfTheSite: true),
            CheckPrefix("recache.prefix", request.Recache?.Prefix),
            CheckPattern("recache.pattern", request.Recache?.Pattern),
            CheckUrl("recache.sitemap", request.Recache?.Sitemap),
            request.MaxUrls is not null && (request.Urls ?? request.Recache?.Urls) is not null ? Wrong("maxUrls", "does not apply to 'urls': each of them is part of the job") : null,
            CheckNumber("maxUrls", request.MaxUrls, 1, JobLimits.MaxUrls),
            CheckNumber("concurrency", request.Concurrency, 1, JobLimits.MaxConcurrency),
            CheckWebhook(request.Webhook, webhooks),
        }.OfType<FieldError>(),
        .. CheckRender(request),
    ];

    /// <summary>The error of the header <c>Idempotency-Key</c>; null when it is valid or not given.</summary>
    public static FieldError? CheckKey(string? key) => key is null || (key.Length is > 0 and <= MaxKeyLength && key.All(static c => c is > ' ' and <= '~'))
        ? null : new(FleetHeaders.IdempotencyKey, $"The header {FleetHeaders.IdempotencyKey} must be 1 to {MaxKeyLength} visible ASCII characters.");

    /// <summary>The work of a valid request, and the first items of the job.</summary>
    public static (JobDefinition Definition, IReadOnlyList<JobItem> Items) Define(JobRequest request)
    {
        var rest = request with { Urls = null, Recache = request.Recache is { } selection ? selection with { Urls = null } : null };
        return request switch
        {
            { Urls: { } urls } => (new(JobKind.Batch, rest), ItemsOf(urls)),
            { Sitemap: { } sitemap } => (new(JobKind.Sitemap, rest), ListOf(sitemap)),
            { Crawl: { } crawl } => (new(JobKind.Crawl, rest), ItemsOf([ExactUrl.WithoutFragment(crawl.Start)])),
            { Recache: { Urls: { } pages } } => (new(JobKind.Recache, rest), ItemsOf(pages)),
            _ => (new(JobKind.Recache, rest), ListOf(request.Recache!.Sitemap ?? "")),
        };
    }

    /// <summary>Where the URLs of a job come from, for people; null for a list of URLs.</summary>
    public static string? SourceOf(JobRequest request) => request.Sitemap ?? request.Crawl?.Start ?? request.Recache?.Sitemap ?? request.Recache?.Prefix ?? request.Recache?.Pattern;

    /// <summary>The URL whose origin must be allowed before the job is created; null when there is none.</summary>
    public static string? OriginOf(JobRequest request) => request.Sitemap ?? request.Crawl?.Start ?? request.Recache?.Sitemap;

    /// <summary>A fingerprint of the request: equal for equal requests of the same kind. Two kinds may have the same members.</summary>
    public static string FingerprintOf<T>(T request) =>
        Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(typeof(T).Name), .. JsonSerializer.SerializeToUtf8Bytes(request, FleetJson.Options)]));

    /// <summary>The render of every URL of a job; its URL is a placeholder.</summary>
    /// <exception cref="JsonException">The options are not those of a render.</exception>
    public static RenderRequest RenderOf(JobRequest request)
    {
        var members = request.Render is { ValueKind: JsonValueKind.Object } given ? JsonObject.Create(given)! : [];
        members["url"] = AnyUrl;
        var render = members.Deserialize<RenderRequest>(s_strict)!;
        // A crawl reads the links of the document.
        return request.Crawl is null ? render : render with { Formats = [RenderFormat.Html] };
    }

    private static IEnumerable<FieldError> CheckRender(JobRequest request)
    {
        if (request.Render is not { } render || render.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (request.Recache is not null)
        {
            return [Wrong("render", "does not apply to 'recache': the realm server decides how its pages are rendered")];
        }

        if (render.ValueKind != JsonValueKind.Object)
        {
            return [Wrong("render", "must be an object with members of a render request")];
        }

        if (render.GetRawText().Length > JobLimits.MaxRenderLength)
        {
            return [Wrong("render", $"has {render.GetRawText().Length} characters: at most {JobLimits.MaxRenderLength} are allowed")];
        }

        var known = s_strict.GetTypeInfo(typeof(RenderRequest)).Properties.Select(static member => member.Name).ToList();
        var names = render.EnumerateObject().Select(static member => member.Name).ToList();
        var errors = names.Where(name => !known.Contains(name, StringComparer.OrdinalIgnoreCase))
            .Select(name => new FieldError($"render.{name}", NearestName.Explain(name, "member", "'render'", [.. known.Where(member => WhyNot(member, request) is null)])))
            .Concat(names.Where(name => WhyNot(name, request) is not null).Select(name => Wrong($"render.{name}", WhyNot(name, request)!))).ToList();
        // Of members that are given more than once, each JSON reader picks another.
        errors.AddRange(names.GroupBy(static name => name, StringComparer.OrdinalIgnoreCase).Where(static same => same.Skip(1).Any()).Select(static same => Wrong($"render.{same.Key}", "is given more than once")));
        if (errors.Count > 0)
        {
            return errors;
        }

        try
        {
            return RenderRequestRules.Check(RenderOf(request)).Select(static error => error with { Field = $"render.{error.Field}" });
        }
        catch (JsonException e)
        {
            return [Wrong($"render{e.Path?.TrimStart('$')}", $"is not what it should be: {e.Message.Split(" Path:")[0].TrimEnd('.')}")];
        }
    }

    private static string? WhyNot(string member, JobRequest request) => member.ToLowerInvariant() switch
    {
        "url" => "is not an option: the URLs are those of the job",
        "priority" => "is not an option: jobs have the priority 0, behind visitors",
        "credentials" or "headers" or "cookies" => "is not an option: a job is kept in Redis, which never holds credentials",
        "formats" when request.Crawl is not null => "is not an option of a crawl: it reads the links of the HTML document",
        _ => null,
    };

    private static FieldError? CheckOne(string[] names, object?[] values, string owner)
    {
        var given = names.Where((_, place) => values[place] is not null).ToList();
        return given.Count == 1 ? null
            : new(names[0], $"Exactly one of {string.Join(", ", names)} must be given; {owner} has {(given.Count == 0 ? "none" : string.Join(" and ", given))}.");
    }

    public static FieldError? CheckUrls(string field, IReadOnlyList<string>? urls, bool areOfTheSite)
    {
        if (urls is null)
        {
            return null;
        }

        if (urls.Count is 0 or > JobLimits.MaxUrls)
        {
            return Wrong(field, $"has {urls.Count} URLs: it must have 1 to {JobLimits.MaxUrls}");
        }

        return urls.Select((url, place) => areOfTheSite && url is ['/', ..] ? CheckText($"{field}[{place}]", url) : CheckUrl($"{field}[{place}]", url ?? "")).FirstOrDefault(static error => error is not null);
    }

    private static FieldError? CheckUrl(string field, string? url) => url is not null && RenderRequestRules.CheckUrl(url) is { } error
        ? new(field, error.Message.Replace("'url'", $"'{field}'", StringComparison.Ordinal)) : null;

    public static FieldError? CheckText(string field, string? text) => text is { Length: 0 or > RenderLimits.MaxUrlLength }
        ? Wrong(field, $"has {text.Length} characters: it must have 1 to {RenderLimits.MaxUrlLength}") : null;

    /// <summary>The error of a text that URLs of the site begin with; null when it is valid or not given. Another text would match no URL.</summary>
    public static FieldError? CheckPrefix(string field, string? prefix) => CheckText(field, prefix) ?? CheckStart(field, prefix, s_prefixStarts);

    private static FieldError? CheckPattern(string field, string? pattern) => CheckText(field, pattern) ?? CheckStart(field, pattern, ["*", .. s_prefixStarts]);

    private static FieldError? CheckStart(string field, string? text, string[] starts) =>
        text is null || starts.Any(start => text.StartsWith(start, StringComparison.OrdinalIgnoreCase)) ? null
            : Wrong(field, $"is {Quoted.Of(text)}: it must begin with {string.Join(", ", starts[..^1].Select(static start => $"'{start}'"))} or '{starts[^1]}'");

    /// <summary>The problem of a selection without pages: it may be misspelt.</summary>
    /// <param name="selection">The prefix or pattern of the URLs.</param>
    public static JobListProblem NothingMatches(JobRecache selection) => new(
        "nothing-matches", selection switch
        {
            { Prefix: { } prefix } => $"No stored page has a URL that begins with {Quoted.Of(prefix)}.",
            { Pattern: not (null or "*") } => $"No stored page has a URL that matches {Quoted.Of(selection.Pattern)}.",
            _ => "No page is stored.",
        });

    private static FieldError? CheckPatterns(string field, IReadOnlyList<string>? patterns) =>
        patterns?.Count > JobLimits.MaxPatterns ? Wrong(field, $"has {patterns.Count} patterns: at most {JobLimits.MaxPatterns} are allowed")
        : patterns?.Select((pattern, place) => CheckText($"{field}[{place}]", pattern ?? "")).FirstOrDefault(static error => error is not null);

    public static FieldError? CheckNumber(string field, int? value, int min, int max) =>
        value < min || value > max ? Wrong(field, $"is {value}: it must be between {min} and {max}") : null;

    public static FieldError? CheckWebhook(string? url, OriginAllowList webhooks) => CheckUrl("webhook", url)
        ?? (url is null || webhooks.Allows(new(url)) ? null
            : Wrong("webhook", $"is {Quoted.Of(url)}, whose origin is not allowed. Allowed: {(webhooks.Origins.Count == 0 ? "none" : string.Join(", ", webhooks.Origins))}. Add it with the setting Jobs:Webhooks"));

    private static FieldError Wrong(string field, string what) => new(field, $"'{field}' {what}.");

    public static List<JobItem> ItemsOf(IEnumerable<string> urls) => [.. urls.Distinct(StringComparer.Ordinal).Select(static url => new JobItem(url))];

    private static List<JobItem> ListOf(string source) => [new(source, IsList: true)];
}
