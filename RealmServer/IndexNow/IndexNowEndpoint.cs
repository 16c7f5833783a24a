using System.Net.Mime;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.IndexNow;

/// <summary>Serves the key of IndexNow, by which search engines see that the site itself submits its pages.</summary>
internal static class IndexNowEndpoint
{
    public static void MapIndexNowKey(this IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetRequiredService<IOptions<IndexNowOptions>>().Value.Key is { } key)
        {
            routes.MapGet(IndexNowSubmitter.PathOf(key), () => Results.Text(key, MediaTypeNames.Text.Plain));
        }
    }
}
