namespace Fleet.AppHost.Output;

/// <summary>Lines of the composition itself.</summary>
internal static class FleetOutputExtensions
{
    /// <summary>Name under which the composition itself speaks.</summary>
    public const string Self = "fleet";

    /// <summary>Says something in the composition's own name.</summary>
    public static void Say(this IFleetOutput output, string line) => output.Write(Self, line);
}
