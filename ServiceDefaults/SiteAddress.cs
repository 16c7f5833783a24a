using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;

namespace Fleet.ServiceDefaults;

/// <summary>The two addresses of the site. They are the same unless <c>Realms:PublicUrl</c> differs from <c>services:realm:http:0</c>.</summary>
/// <param name="Public">The address that visitors use: pages are rendered and stored under it. Ends with a slash.</param>
/// <param name="Internal">The address at which the fleet connects to the realm server. Ends with a slash.</param>
public sealed record SiteAddress(Uri Public, Uri Internal)
{
    /// <summary>Name of the setting with the public address.</summary>
    public const string PublicSetting = "Realms:PublicUrl";

    /// <summary>Whether connections lead to another scheme, host or port than pages see.</summary>
    public bool IsSplit => OriginAllowList.OriginOf(Public) != OriginAllowList.OriginOf(Internal);

    /// <summary>Whether a text is a public address: an absolute http or https URL without query, fragment and user. Its host is returned in ASCII, since it is part of
    /// headers, which cannot have other characters.</summary>
    public static bool TryParsePublic(string? text, [NotNullWhen(true)] out Uri? url)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out url) || !OriginAllowList.IsHttp(url) || url.Query != "" || url.Fragment != "" || url.UserInfo != "")
        {
            return false;
        }

        url = OriginAllowList.WithAsciiHost(url);
        return true;
    }

    /// <summary>What is wrong with a public address.</summary>
    public static string PublicError(string text) => $"is '{text}': it must be an absolute http or https URL without user, query or fragment, such as https://www.example.com.";

    /// <summary>Reads both addresses; null when <c>services:realm:http:0</c> is not configured.</summary>
    /// <exception cref="StartException">An address is not valid; the message names the setting.</exception>
    public static SiteAddress? Find(IConfiguration configuration)
    {
        if (configuration.FindServiceUri("realm") is not { } inside)
        {
            return null;
        }

        if (configuration[PublicSetting] is not { Length: > 0 } text)
        {
            return new(inside, inside);
        }

        if (!TryParsePublic(text, out var url))
        {
            throw new StartException($"{PublicSetting} {PublicError(text)}");
        }

        var site = new SiteAddress(url.AbsoluteUri.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/"), inside);
        return !site.IsSplit || (site.Public.AbsolutePath == "/" && site.Internal.AbsolutePath == "/")
            ? site
            : throw new StartException(
                $"{PublicSetting} is '{text}' and services:realm:http:0 is '{inside}': two different addresses of the site cannot have a path. Remove the path, or set both to the same address.");
    }
}
