using Fleet.Contracts;
using Fleet.Registry.HostShells;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fleet.Bench.Serving;

/// <summary>A fleet that takes no time: what is left is the realm server's own.</summary>
internal static class FakeManager
{
    private static readonly string s_paragraph = string.Concat(Enumerable.Repeat("<p>The quick brown fox looks at the lighthouse.</p>", 40));

    public static async Task<WebApplication> StartAsync(GeneratedRealm realm, Func<IHostShellStore> shells)
    {
        var builder = WebApplication.CreateBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        builder.Services.ConfigureHttpJsonOptions(options => FleetJson.Configure(options.SerializerOptions));
        var app = builder.Build();
        app.MapGet("/health", () => Results.Ok());
        app.MapPost("/renders", async (RenderRequest request, CancellationToken cancellationToken) =>
            Results.Ok(Render(realm, request, (await shells().GetAsync(cancellationToken))!)));
        await app.StartAsync();
        return app;
    }

    private static RenderResult Render(GeneratedRealm realm, RenderRequest request, HostShell shell)
    {
        var prefix = request.Url[..(request.Url.LastIndexOf('/') + 1)];
        var id = request.Url[prefix.Length..];
        var card = id.Length == 0 ? 0 : int.Parse(id["card-".Length..], System.Globalization.CultureInfo.InvariantCulture);
        return new()
        {
            Outcome = RenderOutcome.Rendered,
            Url = request.Url,
            Status = 200,
            Formats = new Dictionary<RenderFormat, string>
            {
                [RenderFormat.Isolated] = $"<h1>Card {card}</h1>{s_paragraph}",
                [RenderFormat.Embedded] = $"<section>Card {card}</section>",
                [RenderFormat.Fitted] = $"<div>Card {card}</div>",
                [RenderFormat.Atom] = $"<span>Card {card}</span>",
                [RenderFormat.Head] = $"<title>Card {card}</title>",
                [RenderFormat.Markdown] = $"# Card {card}",
            },
            Data = System.Text.Json.JsonSerializer.SerializeToElement(new { searchDoc = new { title = $"Card {card}", description = "A card.", text = s_paragraph[..500] } }),
            Deps = [request.Url, .. realm.ReadsOf(card).Select(read => prefix + (read == 0 ? "" : GeneratedRealm.IdOf(read)))],
            Shell = new(shell.Token, shell.Generation, Current: true),
        };
    }
}
