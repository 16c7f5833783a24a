using System.Buffers;
using Fleet.RealmServer.Content;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Rendering;

/// <summary>Recognizes crawlers: clients that cannot be expected to run the host app.</summary>
internal sealed class Crawlers(IOptions<PagesOptions> options)
{
    /// <summary>A request with this header, regardless of its value, gets a prerendered page. Proxies in front of prerender services send it.</summary>
    public const string Header = "X-Prerender";

    private static readonly string[] s_known =
    [
        // Search
        "googlebot", "google-inspectiontool", "storebot-google", "adsbot-google", "bingbot", "bingpreview", "yandexbot", "baiduspider", "duckduckbot", "applebot",
        "slurp", "sogou", "seznambot", "qwantbot", "petalbot", "naverbot", "yeti/", "ia_archiver",
        // Link previews
        "facebookexternalhit", "facebookcatalog", "meta-externalagent", "twitterbot", "linkedinbot", "slackbot", "discordbot", "telegrambot", "whatsapp", "pinterestbot",
        "redditbot", "embedly", "mastodon/", "bluesky", "skypeuripreview", "vkshare", "tumblr",
        // AI
        "gptbot", "oai-searchbot", "chatgpt-user", "claudebot", "claude-user", "claude-searchbot", "anthropic-ai", "perplexitybot", "perplexity-user", "ccbot",
        "google-extended", "amazonbot", "bytespider", "cohere-ai", "mistralai-user",
        // Tools
        "lighthouse", "screaming frog", "ahrefsbot", "semrushbot", "w3c_validator",
    ];

    private readonly SearchValues<string> _words = SearchValues.Create(options.Value.Crawlers ?? s_known, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a request is a crawler's. A client that asks for Markdown is one: it cannot run the app.</summary>
    public bool Asks(HttpRequest request) =>
        request.Headers.ContainsKey(Header) || AcceptHeader.PrefersMarkdown(request.Headers.Accept) || request.Headers.UserAgent.ToString().AsSpan().ContainsAny(_words);
}
