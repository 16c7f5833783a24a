using Fleet.Contracts;

namespace Fleet.Manager.Rendering;

/// <summary>A command on its way to a server. It may be sent again, and to another server: the fleet starts what a key names once.</summary>
/// <param name="Request">The command.</param>
/// <param name="Key">Its <c>Idempotency-Key</c>.</param>
internal sealed record CommandOrder(CommandRequest Request, string Key);
