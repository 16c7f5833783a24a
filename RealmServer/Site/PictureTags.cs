using System.Globalization;
using System.Net;
using Fleet.Registry.Pages;

namespace Fleet.RealmServer.Site;

/// <summary>What a page's head says of its picture. Marked as the page's own, so that the host app takes it away when it goes to another page.</summary>
internal static class PictureTags
{
    public static string Of(PagePicture picture) => string.Create(
        CultureInfo.InvariantCulture,
        $"""<meta data-fleet-head property="og:image" content="{WebUtility.HtmlEncode(picture.Url)}"><meta data-fleet-head property="og:image:type" content="image/jpeg"><meta data-fleet-head property="og:image:width" content="{picture.Width}"><meta data-fleet-head property="og:image:height" content="{picture.Height}"><meta data-fleet-head name="twitter:card" content="summary_large_image">""");
}
