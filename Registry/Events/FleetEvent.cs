namespace Fleet.Registry.Events;

/// <summary>A hint that something changed. It carries no truth: whoever hears it reads the keys.</summary>
/// <param name="Kind">What to read again.</param>
/// <param name="Subject">Whose: an incarnation, an instance, a URL; may be empty.</param>
/// <param name="Version">Version or generation after the change, 0 where there is none; a reader may drop a version that it already knows.</param>
public sealed record FleetEvent(FleetEventKind Kind, string Subject, long Version);
