namespace Fleet.Contracts;

/// <summary>A format to render. All except <see cref="Html"/> require a cooperating host app.</summary>
public enum RenderFormat
{
    /// <summary>The card on a page of its own.</summary>
    Isolated,

    /// <summary>The card inside another card.</summary>
    Embedded,

    /// <summary>The card in a box of a given size.</summary>
    Fitted,

    /// <summary>The card as inline text of a word or two.</summary>
    Atom,

    /// <summary>Content of the document's <c>head</c>: title, description, canonical, Open Graph.</summary>
    Head,

    /// <summary>The card's icon as SVG.</summary>
    Icon,

    /// <summary>The card as Markdown.</summary>
    Markdown,

    /// <summary>The whole document, after navigating to the URL and waiting for it to settle. Works with any single-page app.</summary>
    Html,

    /// <summary>No text, only the host's data about the page (<see cref="RenderResult.Data"/>); the host does not render the page if it can avoid it.</summary>
    Data,
}
