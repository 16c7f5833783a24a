using System.Text.Json;

namespace Fleet.Tests.EndToEnd;

/// <summary>The deployment manifest that the AppHost publishes.</summary>
public sealed class ManifestTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleet-manifest-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Publish_Manifest_HasEveryResourceWithItsReferencesAndOnlyTheRealmServerIsExternal()
    {
        var file = Path.Combine(_folder.FullName, "aspire-manifest.json");
        await using var appHost = AppHostProcess.Start("--Fleet:PrerenderServers=2", "--publisher", "manifest", "--output-path", file);

        var (exitCode, output) = await appHost.EndAsync();

        Assert.True(exitCode == 0 && File.Exists(file), output);
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        var resources = manifest.RootElement.GetProperty("resources").EnumerateObject().ToDictionary(resource => resource.Name, resource => resource.Value);
        Assert.Equal(
            ["admin-key", "browser-image", "manager", "prerender-0", "prerender-1", "realm", "redis", "redis-password", "sdk-image"],
            resources.Where(resource => IsResource(resource.Value)).Select(resource => resource.Key).Order(StringComparer.Ordinal));

        var key = resources["admin-key"].GetProperty("inputs").GetProperty("value");
        Assert.True(key.GetProperty("secret").GetBoolean());
        Assert.Equal(32, key.GetProperty("default").GetProperty("generate").GetProperty("minLength").GetInt32());

        Assert.Equal("project.v0", resources["realm"].GetProperty("type").GetString());
        Assert.Equal("project.v0", resources["manager"].GetProperty("type").GetString());
        Assert.Equal("container.v0", resources["redis"].GetProperty("type").GetString());
        foreach (var server in (string[])["prerender-0", "prerender-1"])
        {
            Assert.Equal("container.v1", resources[server].GetProperty("type").GetString());
            Assert.EndsWith("PrerenderServer/Dockerfile", resources[server].GetProperty("build").GetProperty("dockerfile").GetString(), StringComparison.Ordinal);
            Assert.Equal($"{{{server}.bindings.http.url}}", Variable(resources[server], "Registration__Url"));
            Assert.Equal("{manager.bindings.http.url}", Variable(resources[server], "services__manager__http__0"));
        }

        foreach (var service in (string[])["realm", "manager", "prerender-0", "prerender-1"])
        {
            Assert.Equal("{admin-key.value}", Variable(resources[service], "Fleet__AdminKey"));
            Assert.Equal("{redis.connectionString}", Variable(resources[service], "ConnectionStrings__redis"));
            var isExternal = resources[service].GetProperty("bindings").GetProperty("http").TryGetProperty("external", out var external) && external.GetBoolean();
            Assert.Equal(service == "realm", isExternal);
        }

        Assert.Equal("{realm.bindings.http.url}", Variable(resources["manager"], "services__realm__http__0"));
        Assert.Equal("{manager.bindings.http.url}", Variable(resources["realm"], "services__manager__http__0"));
        Assert.Equal("{realm.bindings.http.url}", Variable(resources["realm"], "Realms__PublicUrl"));
    }

    // The rest are values that Aspire derives from these.
    private static bool IsResource(JsonElement resource) =>
        resource.GetProperty("type").GetString() is "parameter.v0" or "project.v0" or "container.v0" or "container.v1";

    private static string? Variable(JsonElement resource, string name) => resource.GetProperty("env").GetProperty(name).GetString();
}
