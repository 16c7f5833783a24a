using Fleet.ServiceDefaults.Signatures;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Agents;

/// <summary>Serves the key with which the fleet signs its requests, so that other sites can verify them.</summary>
internal static class KeyDirectoryEndpoint
{
    public static void MapKeyDirectory(this IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetRequiredService<IOptions<WebBotAuthOptions>>().Value is { SignatureAgent: { } agent } options && options.CreateSigner() is { } signer)
        {
            var directory = KeyDirectory.Write(signer.Key);
            routes.MapGet(KeyDirectory.Path, (HttpContext http, TimeProvider time) =>
            {
                var signed = new MessageSigner(signer, agent, time).SignDirectory(directory);
                http.Response.Headers.CacheControl = "public, max-age=3600";
                foreach (var (name, value) in signed)
                {
                    http.Response.Headers[name] = value;
                }

                return Results.Bytes(directory, KeyDirectory.MediaType);
            });
        }
    }
}
