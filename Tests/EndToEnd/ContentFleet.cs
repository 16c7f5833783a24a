using Fleet.Tests.RealmServer;

namespace Fleet.Tests.EndToEnd;

/// <summary>A fleet of one prerender server with its own realms, and the sample's app with a template that throws for one title.</summary>
public sealed class ContentFleet : IAsyncLifetime
{
    /// <summary>Read key of the realm <c>secret</c>.</summary>
    internal const string Key = "end-to-end-read-key";

    /// <summary>Content that only readers of that realm may see.</summary>
    internal const string Secret = "The password is swordfish.";

    /// <summary>The title that the template throws for.</summary>
    internal const string Thrown = "Throw";

    private readonly TempFolder _realms = new();
    private readonly TempFolder _host = new();

    internal FleetUnderTest Fleet { get; private set; } = null!;

    /// <summary>Number of cards that are not secret.</summary>
    internal int PublicCards { get; private set; }

    public async ValueTask InitializeAsync()
    {
        BadRealm.Write(_realms);
        _realms.Write("open/realm.json", """{ "name": "Open" }""");
        _realms.Write("open/index.json", """{ "title": "All of it", "description": "For all." }""");
        PublicCards = Directory.GetFiles(_realms.Path, "*.json", SearchOption.AllDirectories).Count(file => Path.GetFileName(file) != "realm.json");
        _realms.Write("secret/realm.json", """{ "name": "Hidden" }""");
        _realms.Write("secret/index.json", """{ "title": "Start", "links": { "to": "plan" } }""");
        _realms.Write("secret/plan.json", $$"""{ "title": "Plan", "text": ["{{Secret}}"] }""");
        WriteHost();
        Fleet = await FleetFixture.StartAsync(
            prerenderServers: 1,
            new Dictionary<string, string> { ["Realms:Root"] = _realms.Path, ["Realms:ReadKeys:secret"] = Key, ["Host:Dist"] = _host.Path });
    }

    public async ValueTask DisposeAsync()
    {
        await (Fleet?.DisposeAsync() ?? ValueTask.CompletedTask);
        _realms.Dispose();
        _host.Dispose();
    }

    private void WriteHost()
    {
        foreach (var file in Directory.GetFiles(Sample.SampleFiles.HostApp, "*", SearchOption.AllDirectories))
        {
            _host.Write(Path.GetRelativePath(Sample.SampleFiles.HostApp, file), File.ReadAllText(file));
        }

        const string isolated = "isolated: (card, page) => html`";
        var template = Path.Combine(_host.Path, "assets", "templates", "any-card.js");
        var text = File.ReadAllText(template);
        Assert.Contains(isolated, text, StringComparison.Ordinal);
        File.WriteAllText(template, text.Replace(
            isolated, $"isolated: (card, page) => card.title === '{Thrown}' ? (() => {{ throw new Error('Thrown by the template.'); }})() : html`", StringComparison.Ordinal));
    }
}

/// <summary>Tests on content share the fleet.</summary>
[CollectionDefinition(Name)]
public sealed class ContentFleetCollection : ICollectionFixture<ContentFleet>
{
    public const string Name = "Content fleet";
}
