namespace Fleet.Tests.Pool;

/// <summary>A property of the pool does not hold. Names the check, so that tests of planted faults can compare it.</summary>
internal sealed class PropertyBroken(string check, string message, Exception? inner = null) : Exception($"{check}: {message}", inner)
{
    public string Check { get; } = check;
}
