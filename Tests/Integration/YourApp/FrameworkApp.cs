namespace Fleet.Tests.YourApp;

/// <summary>The page in a visitor's browser once the app has started on a prerendered page (<c>Pages:Visitors=prerendered</c>).</summary>
public enum Takeover
{
    /// <summary>All content once, in the app's own elements, which react.</summary>
    TakesOver,

    /// <summary>All content twice: the app appends to the prerendered content.</summary>
    Duplicates,
}

/// <summary>An app of a framework, as its authors publish it, with the results of the fleet and of browsers: a row of the table in docs/your-app.md.</summary>
/// <param name="Framework">Its name.</param>
/// <param name="Source">Where the app is from.</param>
/// <param name="Text">Text of its home page that only its scripts show, once.</param>
/// <param name="Title">Title of the home page.</param>
/// <param name="Unknown">What a crawler gets for a route that the app does not have.</param>
/// <param name="Start">What a visitor sees, by default, until the app has started.</param>
/// <param name="Takeover">How the app takes over a prerendered page.</param>
/// <param name="Vanishes">Whether the prerendered page is gone for some frames while the app takes it over.</param>
/// <param name="Errors">What the app writes to the console as an error, on its home page; empty for nothing.</param>
public sealed record FrameworkApp(
    string Framework, string Source, string Text, string Title, string Unknown, string Start, Takeover Takeover, bool Vanishes, string Errors)
{
    /// <summary>A button and its text after a click; null for an app without one.</summary>
    public (string Before, string After)? Button { get; init; }

    /// <summary>The table's row, up to the time, which depends on the machine.</summary>
    public string Row => $"| {Framework} | {Source} | {Text}; {Title} | {Unknown} | {Start} | {Prerendered} | {(Errors.Length == 0 ? "none" : Errors)} |";

    private string Prerendered => Takeover switch
    {
        Takeover.Duplicates => "twice: do not use it",
        _ when Vanishes => "taken over; it vanishes for a moment",
        _ => "taken over",
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<FrameworkApp> All { get; } =
    [
        OfVite("React", "react", Takeover.TakesOver),
        OfVite("Vue", "vue", Takeover.TakesOver),
        OfVite("Svelte", "svelte", Takeover.Duplicates),
        OfVite("Solid", "solid", Takeover.Duplicates),
        OfVite("Preact", "preact", Takeover.TakesOver),
        OfVite("Lit", "lit", Takeover.Duplicates) with { Text = "Your questions, answered", Start = "the heading, which is in `index.html`" },
        new("Angular", "`ng new`, with its router", "Hello, angular", "Angular", "200, the home page", "nothing", Takeover.TakesOver, false, ""),
        new("docsify", "`docsify` and its quick start", "Chemical elements by symbol", "Periodic table", "200, its own page", "nothing", Takeover.TakesOver, false, ""),
        new("Redoc", "`redoc`, the `<redoc>` element", "Chemical elements by symbol", "Periodic table", "200, the home page", "nothing", Takeover.TakesOver, true, ""),
        new("Swagger UI", "`swagger-ui-dist`", "Chemical elements by symbol", "Swagger UI", "200, the home page", "nothing", Takeover.TakesOver, true, ""),
    ];

    public override string ToString() => Framework;

    private static FrameworkApp OfVite(string framework, string template, Takeover takeover) => new(
        framework, $"`npm create vite`, `{template}`", "Get started", $"Vite + {framework}", "200, the home page", "nothing", takeover, false, "")
    {
        Button = ("Count is 0", "Count is 1"),
    };
}
