using System.ComponentModel.DataAnnotations;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Registration;

/// <summary>Settings of the registration of this server, section <c>Registration</c>.</summary>
public sealed class RegistrationOptions : IValidatableObject
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Registration";

    /// <summary>The address at which managers reach this server: <c>http://10.0.0.7:5301</c>. Default: the address it listens on.</summary>
    [MaxLength(500)]
    public string? Url { get; set; }

    /// <summary>Name for people, up to 100 characters. Default: the resource name (<c>OTEL_SERVICE_NAME</c>), otherwise host and port of its address.</summary>
    [StringLength(100, MinimumLength = 1)]
    public string? Name { get; set; }

    /// <summary>How long renders may take to finish when the server stops, 0 to 10 min. Default: 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Url is null || OriginAllowList.TryNormalize(Url, out _) ? [] : [new($"{nameof(Url)} is '{Url}' but must be an address such as http://10.0.0.7:5301.")];
}
