using Fleet.Registry.Events;

namespace Fleet.Registry.Watching;

/// <summary>What a watcher has to read: the subjects of the change notifications since its last read, or everything.</summary>
public sealed class RegistryChanges
{
    private readonly HashSet<(FleetEventKind Kind, string Subject)>? _named;

    private RegistryChanges(HashSet<(FleetEventKind Kind, string Subject)>? named) => _named = named;

    /// <summary>Everything may have changed: at the start, on every poll, after a reconnect and after a failed read.</summary>
    public static RegistryChanges Everything { get; } = new(null);

    /// <summary>Whether everything may have changed.</summary>
    public bool IsEverything => _named is null;

    /// <summary>The changes that notifications named.</summary>
    public static RegistryChanges Of(IEnumerable<FleetEvent> notifications) => new([.. notifications.Select(notification => (notification.Kind, notification.Subject))]);

    /// <summary>Whether something of this kind may have changed.</summary>
    public bool Concern(FleetEventKind kind) => _named?.Any(change => change.Kind == kind) ?? true;

    /// <summary>The named subjects of these kinds. Meaningless when <see cref="IsEverything"/> is true.</summary>
    public IReadOnlyCollection<string> SubjectsOf(params ReadOnlySpan<FleetEventKind> kinds)
    {
        var subjects = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (kind, subject) in _named ?? [])
        {
            if (kinds.Contains(kind))
            {
                subjects.Add(subject);
            }
        }

        return subjects;
    }
}
