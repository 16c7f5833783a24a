using Fleet.RealmServer.HostShells;
using Fleet.RealmServer.Rendering;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.Indexing;

/// <summary>What decides whether this replica indexes, and on which shell.</summary>
internal sealed class IndexBasis(IndexLease lease, HostShellClaims claims, ManagerClient manager, IOptions<IndexOptions> options)
{
    /// <summary>Raised after a change.</summary>
    public event Action? Changed
    {
        add
        {
            claims.FleetShellChanged += value;
            lease.Changed += value;
        }

        remove
        {
            claims.FleetShellChanged -= value;
            lease.Changed -= value;
        }
    }

    /// <summary>Why the index is disabled by settings; null if it is not.</summary>
    public string? DisabledReason => !options.Value.Enabled ? "Index:Enabled is false."
        : !manager.IsConfigured ? "The manager's address is not set (services:manager:http:0); pages are not prerendered."
        : null;

    /// <summary>The basis of a pass that begins now.</summary>
    public BasisOfPass Current
    {
        get
        {
            var holder = lease.Holder;
            return new(holder, holder is not null && lease.IsMine(holder), claims.FleetShell?.Generation);
        }
    }
}

/// <summary>What a pass of the index depends on.</summary>
/// <param name="Holder">The replica that holds the index lease; null if none does yet.</param>
/// <param name="IsMine">Whether that is this replica.</param>
/// <param name="Generation">The fleet's shell generation; null until the first claim is acknowledged.</param>
internal sealed record BasisOfPass(string? Holder, bool IsMine, long? Generation)
{
    /// <summary>Why no pass can begin; null if one can.</summary>
    public string? WaitReason => this switch
    {
        // The acknowledgement of the first claim requests a pass, so the wait is short.
        { Generation: null } => "The claim of the host shell has not been acknowledged yet.",
        { Holder: null } => "No replica holds the index lease yet.",
        { IsMine: false } => $"Replica {Holder} holds the index lease.",
        _ => null,
    };
}
