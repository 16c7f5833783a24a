using System.Globalization;
using System.Net;
using System.Text;
using Fleet.Contracts;
using Fleet.RealmServer.HostShells;
using Fleet.RealmServer.Rendering;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Site;

/// <summary>How a page is answered: its pieces in their order.</summary>
internal readonly record struct ComposedPage
{
    /// <summary>HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>Changes with content, rendered text and shell; unquoted.</summary>
    public required string ETag { get; init; }

    /// <summary>Where the page redirects to.</summary>
    public string? Location { get; init; }

    /// <summary>What the answer was made of.</summary>
    public required ContentKind Matter { get; init; }

    /// <summary>URL that search engines are to know the page by; null when the page says so itself.</summary>
    public string? Canonical { get; init; }

    /// <summary>Whether there could be a screenshot of it, and is none.</summary>
    public bool LacksScreenshot { get; init; }

    public ReadOnlyMemory<byte> BeforeHead { get; init; }

    public string? Head { get; init; }

    public ReadOnlyMemory<byte> BeforeBody { get; init; }

    public string? Body { get; init; }

    public ReadOnlyMemory<byte> AfterBody { get; init; }

    /// <summary>The shell as it is.</summary>
    public static ComposedPage Bare(ShellDocument shell, int status) =>
        new() { Status = status, ETag = shell.Token, Matter = ContentKind.Shell, BeforeHead = shell.Bare };

    /// <summary>The page with what is stored of it put into the shell that is served now. Text goes between pieces of bytes, so nothing in it
    /// is looked for or replaced.</summary>
    /// <param name="stored">What is stored; null when nothing is.</param>
    /// <param name="shell">The shell that is served.</param>
    public static ComposedPage Of(StoredPage? stored, ShellDocument shell)
    {
        if (stored is null)
        {
            return Bare(shell, StatusCodes.Status200OK);
        }

        var etag = $"{stored.ETag}-{shell.Token.AsSpan(..12)}{(stored.Screenshot is { } screenshot ? "-" + screenshot.Tag : "")}";
        if (stored.Status is >= 300 and <= 399 && Target(stored) is { } location)
        {
            return new() { Status = stored.Status, ETag = etag, Location = location, Matter = ContentKind.Redirect };
        }

        if (stored.Formats.TryGetValue(RenderFormat.Isolated, out var body) && shell.TakesContent)
        {
            return new()
            {
                Status = stored.Status,
                ETag = etag,
                Matter = ContentKind.Content,
                BeforeHead = shell.BeforeHead,
                Head = HeadOf(stored),
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
            // It names the bundles of the shell that it was captured with; after a deploy they may be gone.
            Matter = stored.ShellToken == shell.Token ? ContentKind.Document : ContentKind.OldDocument,
            Canonical = document.Contains("rel=\"canonical\"", StringComparison.OrdinalIgnoreCase) ? null : stored.Url,
            Body = document,
        };
    }

    /// <summary>All of it, put together.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[BeforeHead.Length + Count(Head) + BeforeBody.Length + Count(Body) + AfterBody.Length];
        var rest = bytes.AsSpan();
        Add(BeforeHead.Span, ref rest);
        Add(Head, ref rest);
        Add(BeforeBody.Span, ref rest);
        Add(Body, ref rest);
        Add(AfterBody.Span, ref rest);
        return bytes;
    }

    private static string? HeadOf(StoredPage stored)
    {
        var head = stored.Formats.GetValueOrDefault(RenderFormat.Head);
        return stored.Screenshot is { } screenshot && head?.Contains("og:image", StringComparison.OrdinalIgnoreCase) != true ? head + ScreenshotTags.Of(screenshot) : head;
    }

    private static int Count(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);

    private static void Add(ReadOnlySpan<byte> piece, ref Span<byte> rest)
    {
        piece.CopyTo(rest);
        rest = rest[piece.Length..];
    }

    private static void Add(string? text, ref Span<byte> rest)
    {
        if (text is not null)
        {
            rest = rest[Encoding.UTF8.GetBytes(text, rest)..];
        }
    }

    // Absolute and percent-encoded, so that nothing in it can end the header.
    private static string? Target(StoredPage stored) =>
        Uri.TryCreate(new Uri(stored.Url), stored.RedirectUrl, out var uri) && uri.Scheme is "http" or "https" ? uri.AbsoluteUri : null;
}

/// <summary>What a page's head says of its screenshot. Marked as the page's own, so that the host app takes it away when it goes to another page.</summary>
internal static class ScreenshotTags
{
    public static string Of(PageScreenshot screenshot) => string.Create(
        CultureInfo.InvariantCulture,
        $"""<meta data-fleet-head property="og:image" content="{WebUtility.HtmlEncode(screenshot.Url)}"><meta data-fleet-head property="og:image:type" content="image/jpeg"><meta data-fleet-head property="og:image:width" content="{screenshot.Width}"><meta data-fleet-head property="og:image:height" content="{screenshot.Height}"><meta data-fleet-head name="twitter:card" content="summary_large_image">""");
}
