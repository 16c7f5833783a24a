namespace Fleet.Contracts;

/// <summary>Clients that cannot be expected to run a single-page app.</summary>
public static class KnownCrawlers
{
    /// <summary>A request with this header, regardless of its value, gets a prerendered page. Proxies in front of prerender services send it.</summary>
    public const string Header = "X-Prerender";

    /// <summary>Words that identify a crawler in the header <c>User-Agent</c>, ignoring case.</summary>
    public static IReadOnlyList<string> Words { get; } =
    [
        // Search
        "googlebot", "google-inspectiontool", "googleother", "storebot-google", "adsbot-google", "mediapartners-google", "feedfetcher-google", "bingbot", "bingpreview", "adidxbot", "yandex.com/bots",
        "yandexbot", "baiduspider", "duckduckbot", "applebot", "slurp", "sogou", "seznambot", "qwantbot", "qwantify", "mojeekbot", "petalbot", "naverbot", "yeti/", "coccocbot", "ia_archiver",
        // Link previews
        "facebookexternalhit", "facebookcatalog", "meta-externalagent", "meta-externalfetcher", "twitterbot", "linkedinbot", "slackbot", "slack-imgproxy", "discordbot", "telegrambot", "whatsapp",
        "pinterestbot", "redditbot", "embedly", "iframely", "mastodon/", "bluesky", "cardyb", "skypeuripreview", "vkshare", "tumblr", "flipboard", "quora link preview", "google-pagerenderer",
        // AI
        "gptbot", "oai-searchbot", "chatgpt-user", "claudebot", "claude-user", "claude-searchbot", "claude-web", "anthropic-ai", "perplexitybot", "perplexity-user", "ccbot", "google-extended",
        "google-cloudvertexbot", "gemini-deep-research", "amazonbot", "amzn-searchbot", "bytespider", "tiktokspider", "cohere-ai", "cohere-training-data-crawler", "mistralai-user", "duckassistbot",
        "youbot", "ai2bot", "diffbot", "phindbot", "timpibot", "omgili", "deepseekbot", "pangubot", "iaskbot", "bravebot", "linerbot", "andibot",
        // Tools
        "lighthouse", "screaming frog", "ahrefsbot", "semrushbot", "siteauditbot", "dotbot", "rogerbot", "w3c_validator", "google-structured-data-testing-tool",
    ];
}
