namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>One affinity of a <see cref="PoolSnapshot"/>.</summary>
/// <param name="Affinity">Its key.</param>
/// <param name="Warm">Slots idle or leased for it.</param>
/// <param name="Waiting">Requests that wait for a page of it.</param>
internal sealed record AffinitySnapshot(string Affinity, int Warm, int Waiting);
