using System.Text;
using Fleet.RealmServer.Content;

namespace Fleet.Tests.RealmServer;

/// <summary>The realm of the tests with a read key.</summary>
internal static class PrivateRealm
{
    public const string Key = "a-key-of-more-than-16";

    /// <summary>The header of a reader with the key.</summary>
    public const string Authorization = "Bearer " + Key;

    /// <summary>The setting that makes it private.</summary>
    public const string Setting = "Realms:ReadKeys:elements=" + Key;

    public static async Task<RealmServerUnderTest> StartAsync()
    {
        var server = new RealmServerUnderTest();
        server.Settings.Add(Setting);
        return await server.StartAsync();
    }

    public static void With(HttpRequestMessage request, string? authorization)
    {
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }
    }

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
