using Fleet.Contracts;

namespace Fleet.Manager.Dialects;

/// <summary>What a dialect calls the members of a <see cref="PageRequest"/>, so that an error has the name that the caller wrote.</summary>
/// <param name="names">Fleet's names, and the dialect's. The others are the same.</param>
internal sealed class DialectNames(params (string Fleet, string Theirs)[] names)
{
    /// <summary>The same names.</summary>
    public static DialectNames Same { get; } = new();

    /// <summary>The errors under the names of the dialect.</summary>
    public IEnumerable<FieldError> Of(IEnumerable<FieldError> errors) => errors.Select(error => names.Aggregate(error, static (current, name) => new(
        current.Field == name.Fleet ? name.Theirs : current.Field, current.Message.Replace($"'{name.Fleet}'", $"'{name.Theirs}'", StringComparison.Ordinal))));
}
