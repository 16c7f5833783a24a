using System.ComponentModel.DataAnnotations;
using Fleet.ServiceDefaults;

namespace Fleet.RealmServer.IndexNow;

/// <summary>Settings of IndexNow, by which search engines learn of changed pages.</summary>
internal sealed class IndexNowOptions : IValidatableObject
{
    public const string Section = "IndexNow";

    /// <summary>The key that proves that the site sends the URLs: 8 to 128 letters, digits and hyphens. It is public: the server answers it at <c>/{key}.txt</c>. Requires
    /// <c>Realms:PublicUrl</c>. Default: none, so that nothing is submitted.</summary>
    [MinLength(8), RegularExpression("^[A-Za-z0-9-]{8,128}$", ErrorMessage = "must have 8 to 128 letters, digits and hyphens")]
    public string? Key { get; set; }

    /// <summary>Where URLs are submitted: an absolute http(s) URL. Default: <c>https://api.indexnow.org/indexnow</c>, which passes them on to all search engines that take part.</summary>
    public string Endpoint { get; set; } = "https://api.indexnow.org/indexnow";

    /// <summary>How long changed pages are collected before they are submitted together, 1 s to 1 h. Default: 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Uri.TryCreate(Endpoint, UriKind.Absolute, out var url) || !OriginAllowList.IsHttp(url) || url.UserInfo.Length > 0)
        {
            yield return new($"Endpoint is '{Endpoint}': it must be an absolute http or https URL without user.");
        }
    }
}
