namespace Fleet.PrerenderServer.Browser.Pages;

/// <summary>Capabilities that the host app declares in the page, because host and fleet are deployed independently.</summary>
/// <param name="Capabilities">Names of the capabilities: <c>render</c>, <c>extract</c>, <c>stage</c>, …; empty for a host without the contract.</param>
internal sealed record HostCapabilities(IReadOnlyList<string> Capabilities)
{
    /// <summary>No host contract in this document.</summary>
    public static HostCapabilities None { get; } = new([]);

    /// <summary>Whether <c>fleet.render</c> may be called.</summary>
    public bool Renders => Capabilities.Contains("render");

    /// <summary>Whether <c>fleet.extract</c> may be called.</summary>
    public bool Extracts => Capabilities.Contains("extract");

    /// <summary>Whether <c>fleet.run</c> may be called.</summary>
    public bool Runs => Capabilities.Contains("run");

    /// <summary>Whether <c>fleet.stage</c> may be called.</summary>
    public bool TellsStage => Capabilities.Contains("stage");
}
