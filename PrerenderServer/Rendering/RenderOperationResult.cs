using Fleet.Contracts;

namespace Fleet.PrerenderServer.Rendering;

/// <summary>What came of a visit.</summary>
/// <param name="Result">The verdict and its texts.</param>
/// <param name="Picture">The picture, if one was asked for and could be taken.</param>
internal sealed record RenderOperationResult(RenderResult Result, byte[]? Picture);
