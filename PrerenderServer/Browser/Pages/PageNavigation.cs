namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>What came of loading a URL.</summary>
/// <param name="Status">HTTP status of the first response: the redirect's own, when there was one. 0 when nothing was loaded over HTTP.</param>
/// <param name="RedirectUrl">Where the first response redirected to; null when it did not.</param>
/// <param name="ShellToken">The shell token that the document's response named.</param>
internal sealed record PageNavigation(int Status, string? RedirectUrl, string? ShellToken);
