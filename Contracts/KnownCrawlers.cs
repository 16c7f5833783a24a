namespace Fleet.Contracts;

/// <summary>Clients that cannot be expected to run a single-page app.</summary>
public static class KnownCrawlers
{
    /// <summary>A request with this header, regardless of its value, gets a prerendered page. Proxies in front of prerender services send it.</summary>
    public const string Header = "X-Prerender";

    /// <summary>Words that identify a crawler in the header <c>User-Agent</c>, as <see cref="CrawlerWords"/> finds them. Browsers of the same company must not have them: those of
    /// Yandex, Naver, Sogou, Seznam, Instagram, Pinterest, Snapchat and others name it, too.</summary>
    public static IReadOnlyList<string> Words { get; } =
    [
        // Search
        "googlebot", "google-inspectiontool", "googleother", "storebot-google", "adsbot-google", "mediapartners-google", "feedfetcher-google", "apis-google", "googleproducer", "google-read-aloud",
        "google-site-verification", "google-safety", "google favicon", "google web preview", "bingbot", "bingpreview", "adidxbot", "msnbot", "yandex.com/bots", "yandexbot", "baiduspider", "duckduckbot",
        "duckduckgo-favicons-bot", "applebot", "slurp", "sogou.com/docs", "sogou web spider", "sogou inst spider", "sogou-test-spider", "seznambot", "qwantbot", "qwantify", "mojeekbot", "petalbot",
        "aspiegelbot", "naverbot", "yeti/", "daum/", "daumoa", "coccocbot", "mail.ru_bot", "kagibot", "kagi-fetcher", "yisouspider", "360spider", "toutiaospider", "exabot", "seekportbot", "stractbot",
        "marginalia.nu", "neevabot", "nutch", "yacybot", "mj12bot",
        // Archives
        "ia_archiver", "archive.org_bot", "archivebot", "arquivo-web-crawler", "heritrix",
        // Link previews
        "facebookexternalhit", "facebookcatalog", "facebookbot", "facebot", "meta-externalagent", "meta-externalfetcher", "meta-externalhit", "meta-webindexer", "twitterbot", "linkedinbot", "slackbot",
        "slack-imgproxy", "discordbot", "telegrambot", "^whatsapp", "^viber", "linespider", "pinterestbot", "pinterest/0.", "snap url preview", "snapurlpreview", "snapchatads", "redditbot", "embedly",
        "iframely", "opengraph.io", "mastodon/", "pleroma", "misskey/", "friendica", "^lemmy/", "summalybot", "bluesky", "cardyb", "skypeuripreview", "microsoftpreview", "vkshare", "vkrobot", "odklbot",
        "^tumblr", "flipboardproxy", "flipboardrss", "quora link preview", "quora-bot", "google-pagerenderer", "developers.google.com/+/web/snippet", "bitlybot", "bufferlinkpreviewbot", "outbrain",
        "xing-contenttabreceiver", "mattermost-bot", "synapse (bot", "zulipurlpreview", "^notion", "notionbot", "notionembedder", "clickuplinkunfurler", "evernoterichlinkbot", "mediumbot",
        "discourse forum onebox", "steamchaturllookup", "keybasebot", "groupmebot", "dingtalkbot", "chatwork linkpreview", "yahoo link preview", "yahoo:linkexpander", "bitrix link preview", "^hatena",
        "nuzzel", "showyoubot",
        // AI
        "gptbot", "oai-searchbot", "chatgpt-user", "claudebot", "claude-user", "claude-searchbot", "claude-web", "anthropic-ai", "perplexitybot", "perplexity-user", "perplexityuser", "ccbot",
        "google-extended", "google-cloudvertexbot", "google-notebooklm", "gemini-deep-research", "amazonbot", "amzn-searchbot", "amzn-user", "azureai-searchbot", "bytespider", "tiktokspider", "cohere-ai",
        "cohere-training-data-crawler", "mistralai-user", "duckassistbot", "youbot", "ai2bot", "diffbot", "phindbot", "timpibot", "omgili", "deepseekbot", "pangubot", "chatglm-spider", "iaskbot",
        "iaskspider", "bravebot", "linerbot", "linkupbot", "andibot", "tavilybot", "firecrawlagent", "huggingfacebot",
        // Tools
        "lighthouse", "google page speed", "screaming frog", "ahrefsbot", "ahrefssiteaudit", "semrushbot", "siteauditbot", "dataforseobot", "dotbot", "rogerbot", "oncrawl", "botifybot", "deepcrawl",
        "lumarbot", "serpstatbot", "sistrix crawler", "barkrowler", "blexbot", "seokicks", "w3c_validator", "google-structured-data-testing-tool",
    ];
}
