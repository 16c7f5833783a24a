using System.ComponentModel.DataAnnotations;

namespace Fleet.RealmServer.Content;

/// <summary>The content that this server serves. Section <c>Realms</c>.</summary>
internal sealed class RealmsOptions : IValidatableObject
{
    public const string Section = "Realms";

    private const int MinKeyLength = 16;

    private const int MaxKeyLength = 256;

    /// <summary>Folder whose subfolders with a <c>realm.json</c> are the realms. A relative path starts at the working directory.
    /// Default: none with a host app of one's own; the sample's with the sample.</summary>
    public string? Root { get; set; }

    /// <summary>Keys of private realms, by the name of their folder, each of 16 to 256 visible ASCII characters. Case does not matter, and <c>_</c> stands
    /// for <c>-</c> as well; a key without a folder stops the start. Whoever reads such a realm sends
    /// its key, as <c>Authorization: Bearer</c> or as the password of basic authentication. Default: none; every realm is public.</summary>
    public Dictionary<string, string> ReadKeys { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Address under which visitors and the fleet reach this server: absolute, http or https. Default: the address it listens on.</summary>
    public string? PublicUrl { get; set; }

    /// <summary>Largest card, in bytes, 1 KiB to 64 MiB. Default: 5 MiB.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxCardBytes { get; set; } = 5 * 1024 * 1024;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Root is { } root && string.IsNullOrWhiteSpace(root))
        {
            yield return new("Root is empty: name a folder, or leave the setting out.");
        }

        foreach (var (realm, key) in ReadKeys)
        {
            // The key itself is nobody's to see.
            if (key.Length is < MinKeyLength or > MaxKeyLength || key.Any(c => c is <= ' ' or > '~'))
            {
                yield return new($"ReadKeys:{realm} has {key.Length} characters: it must have {MinKeyLength} to {MaxKeyLength}, all of them visible ASCII.");
            }
        }

        foreach (var alike in ReadKeys.Keys.GroupBy(realm => realm, FolderNames.Alike).Where(alike => alike.Count() > 1))
        {
            yield return new($"ReadKeys has {string.Join(" and ", alike)}, which are one folder's: case does not matter, and _ stands for - as well.");
        }

        if (PublicUrl is not null && !(Uri.TryCreate(PublicUrl, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Query == "" && uri.Fragment == ""))
        {
            yield return new($"PublicUrl is '{PublicUrl}': it must be an absolute http or https URL without query, such as https://www.example.com.");
        }
    }
}
