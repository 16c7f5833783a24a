using Fleet.PrerenderServer.Pool.Core.Lifecycle;

namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>What a browser process is doing. Exactly one state.</summary>
internal enum GenerationState
{
    /// <summary>Starting. Late: "launched" after its deadline finds it being killed and is ignored.</summary>
    Launching,

    /// <summary>In use. New slots are made in the newest one that is up.</summary>
    Up,

    /// <summary>Its successor is up: makes no more slots, ends with its last one. Late: a boot that ends in it is closed.</summary>
    Retiring,

    /// <summary>Being killed, its slots with it; they take memory until no process is left. Late: whatever its slots still report is ignored.</summary>
    Killing,
}

/// <summary>One browser process.</summary>
internal sealed class Generation(int number, TimeSpan since)
{
    public int Number { get; } = number;

    public TimeSpan BornAt { get; } = since;

    public GenerationState State { get; set; } = GenerationState.Launching;

    /// <summary>When the launch has failed, or the kill is repeated.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.MaxValue;

    /// <summary>How often its kill was asked for.</summary>
    public int Kills { get; set; }

    /// <summary>Slots in it that are not gone.</summary>
    public int Slots { get; set; }

    /// <summary>Leases that came back used.</summary>
    public int Renders { get; set; }

    public long MemoryBytes { get; set; }

    /// <summary>Boots in a row that failed in it.</summary>
    public int BootFailures { get; set; }

    /// <summary>No slot is made in it before.</summary>
    public TimeSpan CreateFrom { get; set; }
}
