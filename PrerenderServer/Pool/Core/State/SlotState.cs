namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>
/// What a slot is doing. A slot is in exactly one state; there are no flags beside it. Every state names what it means
/// when an event arrives that belongs to an earlier one: completions carry <c>(slot, op)</c>, leases their own number.
/// </summary>
internal enum SlotState
{
    /// <summary>A context is being made and its page boots the host app. Memory is taken from the first moment.
    /// Late: nothing can be. It may be obsolete when it returns; that is judged then, by its browser generation.</summary>
    Creating,

    /// <summary>Booted, bound to no affinity. Late: the completion of the boot that its deadline gave up on never comes here,
    /// such a slot is closing.</summary>
    Standby,

    /// <summary>Bound to an affinity, at rest, warm. Late: a second verdict of the lease that ended finds no such lease and is ignored.</summary>
    Idle,

    /// <summary>Lent to one render; while its answer to the probe is awaited, on its way to it. Late: an answer to the probe after the
    /// probe's deadline has another op and is ignored.</summary>
    Leased,

    /// <summary>Lent, but without a future: closes when it comes back, and at its deadline whether it comes back or not.
    /// Late: nothing can be; a second request to retire it changes nothing.</summary>
    Draining,

    /// <summary>Same context, new document. The affinity, if any, stays bound. Late: a crash of the document that is being replaced counts
    /// as a crash of the slot.</summary>
    Repaging,

    /// <summary>Being closed, stage by stage; memory counts until the browser has confirmed it or the process is dead. Late: a verdict,
    /// a boot or a probe that was under way belongs to an older op and is ignored.</summary>
    Closing,
}
