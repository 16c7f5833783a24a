using System.IO.Compression;
using System.Text;
using System.Xml;
using Fleet.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http;

namespace Fleet.ServiceDefaults.Sitemaps;

/// <summary>Reads the URLs that a sitemap of a site lists: XML, with the sitemaps that a sitemap index lists, or text with a URL per line, compressed by gzip or not. All that it reads
/// is bounded.</summary>
/// <param name="http">The client. It must not follow redirects.</param>
public sealed class SitemapReader(HttpClient http)
{
    /// <summary>Maximum number of URLs, the most that the sitemap protocol allows in one file.</summary>
    public const int MaxUrls = 50_000;

    /// <summary>Maximum number of files.</summary>
    public const int MaxFiles = 50;

    /// <summary>Maximum depth of indexes: a sitemap in an index in an index.</summary>
    public const int MaxDepth = 3;

    /// <summary>Maximum size of all files together, uncompressed, in bytes: 64 MiB.</summary>
    public const long MaxBytes = 64 * 1024 * 1024;

    /// <summary>Maximum time for all files.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>The URLs, in the order of the files.</summary>
    /// <param name="sitemap">URL of a sitemap or sitemap index of the site, absolute or as a path.</param>
    /// <param name="site">The site.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="RequestException">The sitemap cannot be read or exceeds a bound; the message says which.</exception>
    public async Task<IReadOnlyList<string>> ReadAsync(string sitemap, SitemapSite site, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        var reading = new Reading(site);
        try
        {
            await ReadAsync(sitemap, reading, [], limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Bad(sitemap, $"takes longer than {Timeout.TotalSeconds} s to read");
        }

        return reading.Urls;
    }

    private async Task ReadAsync(string sitemap, Reading reading, IReadOnlyList<string> parents, CancellationToken cancellationToken)
    {
        var url = OwnUrlOf(sitemap, reading.Site.Public);
        if (parents.Contains(url.AbsoluteUri))
        {
            throw Bad(sitemap, "lists itself, directly or through another index");
        }

        if (parents.Count >= MaxDepth)
        {
            throw Bad(sitemap, $"is nested deeper than {MaxDepth} levels of indexes");
        }

        if (!reading.Files.Add(url.AbsoluteUri))
        {
            return;
        }

        if (reading.Files.Count > MaxFiles)
        {
            throw Bad(sitemap, $"is one file too many: at most {MaxFiles} are read");
        }

        foreach (var nested in await ReadFileAsync(url, reading, cancellationToken))
        {
            await ReadAsync(nested, reading, [.. parents, url.AbsoluteUri], cancellationToken);
        }
    }

    // Only addresses of the site are fetched, so that the caller cannot have this server read others.
    private static Uri OwnUrlOf(string sitemap, Uri site) =>
        (sitemap.StartsWith('/') ? Uri.TryCreate(site, sitemap, out var url) : Uri.TryCreate(sitemap, UriKind.Absolute, out url))
            && OriginAllowList.OriginOf(url) == OriginAllowList.OriginOf(site) && url.UserInfo.Length == 0
                ? OriginAllowList.WithAsciiHost(url)
                : throw Bad(sitemap, $"is not a URL of this site, {site}");

    /// <summary>Adds the URLs of a sitemap, and returns the sitemaps of an index.</summary>
    private async Task<IReadOnlyList<string>> ReadFileAsync(Uri url, Reading reading, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(reading.Site.Internal, url.PathAndQuery));
            request.Headers.Host = url.Authority;
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw Bad(url.AbsoluteUri, $"is answered with {(int)response.StatusCode}{(response.Headers.Location is { } to ? $" to {to}; give the URL that it redirects to" : "")}");
            }

            using var sent = await ReadAsync(await response.Content.ReadAsStreamAsync(cancellationToken), url, reading, cancellationToken);
            if (!IsGzip(sent))
            {
                return Parse(sent, url, reading);
            }

            await using var unpacking = new GZipStream(sent, CompressionMode.Decompress);
            using var plain = await ReadAsync(unpacking, url, reading, cancellationToken);
            return Parse(plain, url, reading);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new RequestException(StatusCodes.Status502BadGateway, "no-sitemap", $"The sitemap {url} cannot be read: {e.Message}");
        }
        catch (Exception e) when (e is XmlException or InvalidDataException)
        {
            throw Bad(url.AbsoluteUri, $"is not a sitemap: {e.Message}");
        }
    }

    private static async Task<MemoryStream> ReadAsync(Stream from, Uri url, Reading reading, CancellationToken cancellationToken)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int count; (count = await from.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            reading.Bytes += count;
            if (reading.Bytes > MaxBytes)
            {
                throw Bad(url.AbsoluteUri, $"is too large: at most {MaxBytes} bytes of sitemaps are read, uncompressed");
            }

            bytes.Write(buffer, 0, count);
        }

        bytes.Position = 0;
        return bytes;
    }

    // By the content, since a server may send "sitemap.xml.gz" unpacked or "sitemap.xml" packed.
    private static bool IsGzip(MemoryStream file) => file.Length > 2 && file.GetBuffer()[0] == 0x1f && file.GetBuffer()[1] == 0x8b;

    // By the content, since a server may send a text file with any type.
    private static List<string> Parse(MemoryStream file, Uri url, Reading reading)
    {
        var bytes = file.GetBuffer().AsSpan(0, (int)file.Length);
        var start = bytes.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        var text = bytes[start..].TrimStart(" \t\r\n"u8);
        // A NUL or a byte order mark is that of XML in UTF-16.
        if (text.Length > 0 && text[0] is not ((byte)'<' or 0 or 0xfe or 0xff))
        {
            ParseText(file, url, reading);
            return [];
        }

        // An XML declaration must be the first thing in a file, but templates put lines before it.
        file.Position = text.Length > 0 && text.Length < bytes.Length - start ? bytes.Length - text.Length : 0;
        return ParseXml(file, url, reading);
    }

    private static void ParseText(MemoryStream file, Uri url, Reading reading)
    {
        using var lines = new StreamReader(file, Encoding.UTF8);
        for (var number = 1; lines.ReadLine() is { } line; number++)
        {
            if (line.AsSpan().Trim() is not { Length: > 0 } trimmed)
            {
                continue;
            }

            if (!Uri.TryCreate(trimmed.ToString(), UriKind.Absolute, out var listed) || listed.Scheme is not ("http" or "https"))
            {
                throw Bad(url.AbsoluteUri, $"is not a sitemap: its line {number} is neither XML nor an http or https URL");
            }

            Add(trimmed.ToString(), url, reading);
        }
    }

    private static void Add(string listed, Uri url, Reading reading)
    {
        reading.Urls.Add(listed);
        if (reading.Urls.Count > MaxUrls)
        {
            throw Bad(url.AbsoluteUri, $"has too many URLs: at most {MaxUrls} are read");
        }
    }

    private static List<string> ParseXml(MemoryStream file, Uri url, Reading reading)
    {
        var nested = new List<string>();
        using var xml = XmlReader.Create(file, new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreWhitespace = true });
        xml.MoveToContent();
        if (xml.LocalName is not ("urlset" or "sitemapindex"))
        {
            throw Bad(url.AbsoluteUri, $"is not a sitemap: its root element is <{xml.LocalName}>, neither <urlset> nor <sitemapindex>");
        }

        var isIndex = xml.LocalName == "sitemapindex";
        while (xml.Read())
        {
            // <image:loc> and others of extensions are deeper.
            while (xml is { NodeType: XmlNodeType.Element, LocalName: "loc", Depth: 2 })
            {
                // Moves behind the element.
                var listed = xml.ReadElementContentAsString().Trim();
                if (isIndex)
                {
                    nested.Add(listed);
                }
                else
                {
                    Add(listed, url, reading);
                }

                if (nested.Count > MaxFiles)
                {
                    throw Bad(url.AbsoluteUri, $"lists too many sitemaps: at most {MaxFiles} are read");
                }
            }
        }

        return nested;
    }

    private static RequestException Bad(string sitemap, string what) => new(StatusCodes.Status422UnprocessableEntity, "bad-sitemap", $"The sitemap {sitemap} {what}.");

    private sealed class Reading(SitemapSite site)
    {
        public SitemapSite Site => site;

        public List<string> Urls { get; } = [];

        public HashSet<string> Files { get; } = new(StringComparer.Ordinal);

        public long Bytes { get; set; }
    }
}

/// <summary>The site that sitemaps are read from. Nothing else is fetched.</summary>
/// <param name="Public">The address in the URLs of its sitemaps.</param>
/// <param name="Internal">The address to connect to.</param>
public sealed record SitemapSite(Uri Public, Uri Internal);
