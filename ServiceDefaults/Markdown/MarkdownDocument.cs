namespace Fleet.ServiceDefaults.Markdown;

/// <summary>The Markdown or the text of a document.</summary>
/// <param name="Text">The text, with a line feed at its end.</param>
/// <param name="Canonical">The canonical URL that the document names; null if it names none.</param>
public sealed record MarkdownDocument(string Text, string? Canonical)
{
    /// <summary>Media type of Markdown.</summary>
    public const string MediaType = "text/markdown";

    // English text has about four bytes per token of current models.
    private const int BytesPerToken = 4;

    /// <summary>Estimated number of tokens of a language model: a quarter of the size in bytes.</summary>
    /// <param name="bytes">Size of the text in UTF-8.</param>
    public static int EstimateTokens(int bytes) => (bytes + BytesPerToken - 1) / BytesPerToken;
}
