namespace Fleet.AppHost.Output;

/// <summary>Where the fleet's lines go: the console of a developer, or the record of a test.</summary>
internal interface IFleetOutput
{
    /// <summary>Writes one line. May be called from any thread.</summary>
    /// <param name="source">The resource that said it; <c>fleet</c> for the composition itself.</param>
    /// <param name="line">The text, without line end.</param>
    void Write(string source, string line);
}
