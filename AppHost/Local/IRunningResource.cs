namespace Fleet.AppHost.Local;

/// <summary>A part of the fleet that runs, as a process or inside this one.</summary>
internal interface IRunningResource
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>Ends when it has ended; holds the exit code.</summary>
    Task<int> Exit { get; }

    /// <summary>What it said last, oldest first.</summary>
    IReadOnlyList<string> LastLines { get; }
}
