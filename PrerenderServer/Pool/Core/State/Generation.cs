namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>State of a browser process.</summary>
internal enum GenerationState
{
    /// <summary>Starting. A <see cref="BrowserLaunched"/> after the deadline finds the state <see cref="Killing"/> and is ignored.</summary>
    Launching,

    /// <summary>In use. New slots are created in the newest process that is up.</summary>
    Up,

    /// <summary>Its successor is up, or the pool stops: it gets no more slots and ends with its last one. A slot whose boot completes now is closed.</summary>
    Retiring,

    /// <summary>Being killed together with its slots, which use memory until no process is left. Late events of its slots are ignored.</summary>
    Killing,
}

/// <summary>One browser process.</summary>
internal sealed class Generation(int number, TimeSpan since)
{
    public int Number { get; } = number;

    public TimeSpan BornAt { get; } = since;

    public GenerationState State { get; set; } = GenerationState.Launching;

    /// <summary>When the launch counts as failed, or the kill is repeated.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.MaxValue;

    /// <summary>How many times its kill was requested.</summary>
    public int Kills { get; set; }

    /// <summary>Slots in it that still exist.</summary>
    public int Slots { get; set; }

    /// <summary>Leases released after a render.</summary>
    public int Renders { get; set; }

    public long MemoryBytes { get; set; }

    /// <summary>Consecutive failed boots in it.</summary>
    public int BootFailures { get; set; }

    /// <summary>Earliest time at which the next slot may be created in it.</summary>
    public TimeSpan CreateFrom { get; set; }
}
