using System.Globalization;
using System.Net;
using System.Text;
using Fleet.Contracts;
using Fleet.RealmServer.HostShells;
using Fleet.RealmServer.Rendering;
using Fleet.Registry.Pages;
using Fleet.ServiceDefaults;
using Microsoft.Net.Http.Headers;

namespace Fleet.RealmServer.Site;

/// <summary>A page response: its parts, in order.</summary>
internal readonly record struct ComposedPage
{
    /// <summary>HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>The unquoted entity tag. Changes with the content, the rendered text, the shell and the screenshot.</summary>
    public required string ETag { get; init; }

    /// <summary>The redirect target; null if the page does not redirect.</summary>
    public string? Location { get; init; }

    /// <summary>What the response is made of.</summary>
    public required ContentKind Kind { get; init; }

    /// <summary>The canonical URL for search engines; null if the page names one itself, has a status other than 200, or is not a whole document.</summary>
    public string? Canonical { get; init; }

    /// <summary>URL of the page; null if it has no content of its own.</summary>
    public string? Url { get; init; }

    /// <summary>The page as Markdown, if the host has rendered it; null otherwise.</summary>
    public string? Markdown { get; init; }

    /// <summary>Response headers that the page requests; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Whether the page was captured before it had settled.</summary>
    public bool IsCapped { get; init; }

    /// <summary>Whether the page can have a screenshot but has none.</summary>
    public bool LacksScreenshot { get; init; }

    public ReadOnlyMemory<byte> BeforeHead { get; init; }

    public string? Head { get; init; }

    public ReadOnlyMemory<byte> BeforeBody { get; init; }

    public string? Body { get; init; }

    public ReadOnlyMemory<byte> AfterBody { get; init; }

    /// <summary>The bare shell.</summary>
    public static ComposedPage Bare(ShellDocument shell, int status) =>
        new() { Status = status, ETag = shell.Token, Kind = ContentKind.Shell, BeforeHead = shell.Bare };

    /// <summary>Composes the stored page with the served shell. Text is inserted between slices of the shell, so it is never searched or
    /// replaced.</summary>
    /// <param name="stored">The stored page; null if there is none.</param>
    /// <param name="shell">The served shell.</param>
    public static ComposedPage Of(StoredPage? stored, ShellDocument shell)
    {
        if (stored is null)
        {
            return Bare(shell, StatusCodes.Status200OK);
        }

        var etag = $"{stored.ETag}-{shell.Token.AsSpan(..12)}{(stored.Screenshot is { } screenshot ? "-" + screenshot.Tag : "")}";
        if (stored.Status is >= 300 and <= 399)
        {
            return RedirectTarget(stored) is { } location
                ? new() { Status = stored.Status, ETag = etag, Location = location, Kind = ContentKind.Redirect, Headers = PageHeaderRules.Passed(stored.Headers) }
                : Bare(shell, StatusCodes.Status200OK);
        }

        if (stored.Formats.TryGetValue(RenderFormat.Isolated, out var body) && shell.TakesContent)
        {
            return new()
            {
                Status = stored.Status,
                ETag = etag,
                Kind = ContentKind.Content,
                Url = stored.Url,
                Markdown = stored.Formats.GetValueOrDefault(RenderFormat.Markdown),
                Headers = PageHeaderRules.Passed(stored.Headers),
                IsCapped = stored.IsCapped,
                BeforeHead = shell.BeforeHead,
                Head = CreateHead(stored),
                LacksScreenshot = stored.Screenshot is null && ScreenshotKey.Of(stored) is not null,
                BeforeBody = shell.BeforeBody,
                Body = body,
                AfterBody = shell.AfterBody,
            };
        }

        if (!stored.Formats.TryGetValue(RenderFormat.Html, out var document))
        {
            return Bare(shell, StatusCodes.Status200OK);
        }

        return new()
        {
            Status = stored.Status,
            ETag = etag,
            // The document references the bundles of the shell that it was captured with, which may be gone after a deploy.
            Url = stored.Url,
            Kind = stored.ShellToken == shell.Token ? ContentKind.Document : ContentKind.OldDocument,
            Headers = PageHeaderRules.Passed(stored.Headers),
            IsCapped = stored.IsCapped,
            Canonical = stored.Status == StatusCodes.Status200OK && !NamesCanonical(stored, document) ? stored.Url : null,
            Body = document,
        };
    }

    /// <summary>All parts, concatenated.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[BeforeHead.Length + Count(Head) + BeforeBody.Length + Count(Body) + AfterBody.Length];
        var remaining = bytes.AsSpan();
        Add(BeforeHead.Span, ref remaining);
        Add(Head, ref remaining);
        Add(BeforeBody.Span, ref remaining);
        Add(Body, ref remaining);
        Add(AfterBody.Span, ref remaining);
        return bytes;
    }

    private static bool NamesCanonical(StoredPage stored, string document) =>
        document.Contains("rel=\"canonical\"", StringComparison.OrdinalIgnoreCase)
        || stored.Headers?.Any(header => header.Key.Equals(HeaderNames.Link, StringComparison.OrdinalIgnoreCase) && header.Value.Contains("canonical", StringComparison.OrdinalIgnoreCase)) == true;

    private static string? CreateHead(StoredPage stored)
    {
        var head = stored.Formats.GetValueOrDefault(RenderFormat.Head);
        return stored.Screenshot is { } screenshot && head?.Contains("og:image", StringComparison.OrdinalIgnoreCase) != true ? head + ScreenshotTags.Of(screenshot) : head;
    }

    private static int Count(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);

    private static void Add(ReadOnlySpan<byte> part, ref Span<byte> remaining)
    {
        part.CopyTo(remaining);
        remaining = remaining[part.Length..];
    }

    private static void Add(string? text, ref Span<byte> remaining)
    {
        if (text is not null)
        {
            remaining = remaining[Encoding.UTF8.GetBytes(text, remaining)..];
        }
    }

    // Absolute and percent-encoded, so that the value cannot inject a header.
    private static string? RedirectTarget(StoredPage stored) =>
        Uri.TryCreate(new Uri(stored.Url), stored.RedirectUrl, out var uri) && uri.Scheme is "http" or "https" ? ExactUrl.Of(uri) : null;
}

/// <summary>The meta elements for a page's screenshot. They are marked as the page's own, so that the host app removes them when it navigates to another page.</summary>
internal static class ScreenshotTags
{
    public static string Of(PageScreenshot screenshot) => string.Create(
        CultureInfo.InvariantCulture,
        $"""<meta data-fleet-head property="og:image" content="{WebUtility.HtmlEncode(screenshot.Url)}"><meta data-fleet-head property="og:image:type" content="image/jpeg"><meta data-fleet-head property="og:image:width" content="{screenshot.Width}"><meta data-fleet-head property="og:image:height" content="{screenshot.Height}"><meta data-fleet-head name="twitter:card" content="summary_large_image">""");
}
