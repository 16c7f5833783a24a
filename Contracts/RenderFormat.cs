namespace Fleet.Contracts;

/// <summary>One way to render a page. All but <see cref="Html"/> come from a cooperative host.</summary>
public enum RenderFormat
{
    /// <summary>The card on a page of its own.</summary>
    Isolated,

    /// <summary>The card inside another card.</summary>
    Embedded,

    /// <summary>The card in a box of a given size.</summary>
    Fitted,

    /// <summary>The card as a word or two in running text.</summary>
    Atom,

    /// <summary>What belongs into the document's <c>head</c>: title, description, canonical, Open Graph.</summary>
    Head,

    /// <summary>The card's icon as SVG.</summary>
    Icon,

    /// <summary>The card as Markdown.</summary>
    Markdown,

    /// <summary>The whole document, after navigating to the URL and letting it settle. Works with any single-page app.</summary>
    Html,

    /// <summary>No text at all: what the host says about the page (<see cref="RenderResult.Data"/>), without rendering it where it can do that.</summary>
    Data,
}
