using System.ComponentModel.DataAnnotations;
using Fleet.ServiceDefaults;

namespace Fleet.RealmServer.Content;

/// <summary>The content that this server serves. Section <c>Realms</c>.</summary>
internal sealed class RealmsOptions : IValidatableObject
{
    public const string Section = "Realms";

    private const int MinKeyLength = 16;

    private const int MaxKeyLength = 256;

    /// <summary>Folder whose subfolders with a <c>realm.json</c> are the realms. A relative path is resolved against the working directory.
    /// Default: the sample realms if the host app is the sample; otherwise none.</summary>
    public string? Root { get; set; }

    /// <summary>Keys of private realms, by folder name, each of 16 to 256 visible ASCII characters. Names are case-insensitive, and <c>_</c> also matches
    /// <c>-</c>. A key without a folder fails the start. Readers send the key as <c>Authorization: Bearer</c> or as the password of basic authentication.
    /// Default: none; every realm is public.</summary>
    public Dictionary<string, string> ReadKeys { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Absolute http or https URL at which visitors reach this server: pages are rendered and stored under it. Default: the address it listens on.</summary>
    public string? PublicUrl { get; set; }

    /// <summary>Maximum size of a card in bytes, 1 KiB to 64 MiB. Default: 5 MiB.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxCardBytes { get; set; } = 5 * 1024 * 1024;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Root is { } root && string.IsNullOrWhiteSpace(root))
        {
            yield return new("Root is empty: name a folder or remove the setting.");
        }

        foreach (var (realm, key) in ReadKeys)
        {
            // The message must not contain the key.
            if (key.Length is < MinKeyLength or > MaxKeyLength || key.Any(c => c is <= ' ' or > '~'))
            {
                yield return new($"ReadKeys:{realm} has {key.Length} characters: it must have {MinKeyLength} to {MaxKeyLength} visible ASCII characters.");
            }
        }

        foreach (var group in ReadKeys.Keys.GroupBy(realm => realm, FolderNames.Alike).Where(group => group.Count() > 1))
        {
            yield return new($"ReadKeys has {string.Join(" and ", group)}, which name the same folder: names are case-insensitive, and _ also matches -.");
        }

        if (PublicUrl is not null && !SiteAddress.TryParsePublic(PublicUrl, out _))
        {
            yield return new($"PublicUrl {SiteAddress.PublicError(PublicUrl)}");
        }
    }
}
