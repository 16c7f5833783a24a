using System.ComponentModel.DataAnnotations;
using Fleet.Contracts;
using Fleet.ServiceDefaults.Options;

namespace Fleet.Manager.Jobs;

/// <summary>Settings of jobs.</summary>
public sealed class JobsOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Jobs";

    private const int MinSecretLength = 24;

    private const long Megabyte = 1024 * 1024;

    /// <summary>Maximum number of URLs of one job that are in progress at a time, in all managers together, 1 to 32. Default: 4.</summary>
    [Range(1, JobLimits.MaxConcurrency)]
    public int Concurrency { get; set; } = 4;

    /// <summary>Maximum number of URLs of all jobs that this manager has in progress at a time, 0 to 256. With 0 it runs no jobs. Default: 8.</summary>
    [Range(0, 256)]
    public int MaxConcurrency { get; set; } = 8;

    /// <summary>Maximum number of jobs that have not ended, 1 to 1,000; the next one gets a 429. Default: 100.</summary>
    [Range(1, 1_000)]
    public int MaxQueued { get; set; } = 100;

    /// <summary>How long an ended job and its results are kept, in hours, 1 to 720. Default: 24.</summary>
    [Range(1, 720)]
    public int KeepHours { get; set; } = 24;

    /// <summary>Maximum size of the results of one job in MB, 1 to 256. Beyond it, a URL is listed without details. Default: 16.</summary>
    [Range(1, 256)]
    public int MaxResultMb { get; set; } = 16;

    /// <summary>Maximum size of the results of all jobs in MB, 1 to 100,000. Beyond it, the oldest ended jobs are removed, and if that is not enough, URLs are listed without details.
    /// Checked every minute. Default: 512.</summary>
    [Range(1, 100_000)]
    public int MaxResultsMb { get; set; } = 512;

    /// <summary>Maximum time between the creation of a job and its end, after which it fails, 1 min to 30 d. Default: 1 d.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan MaxDuration { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long a URL is tried again while the fleet cannot render it, 1 s to 1 d. Default: 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan UrlTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Origins to which webhooks may be sent: <c>https://hooks.example.com</c>. Default: none.</summary>
    [MaxLength(100), AbsoluteOrigins]
    public string[] Webhooks { get; set; } = [];

    /// <summary>Secret that signs webhooks: at least 24 visible ASCII characters, or <c>whsec_</c> and the key in base64. Required for <see cref="Webhooks"/>.
    /// Default: none.</summary>
    public string? WebhookSecret { get; set; }

    /// <summary>Maximum number of attempts to deliver a webhook, 1 to 20: after 5 s, then with pauses that double up to 1 h. Default: 8.</summary>
    [Range(1, 20)]
    public int WebhookAttempts { get; set; } = 8;

    /// <summary>Timeout of one attempt, 100 ms to 1 min. Default: 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan WebhookTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary><see cref="MaxResultMb"/> in bytes.</summary>
    internal long MaxResultBytes => MaxResultMb * Megabyte;

    /// <summary><see cref="MaxResultsMb"/> in bytes.</summary>
    internal long MaxResultsBytes => MaxResultsMb * Megabyte;

    /// <summary>How long an ended job is kept.</summary>
    internal TimeSpan Keep => TimeSpan.FromHours(KeepHours);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxResultsMb < MaxResultMb)
        {
            yield return new($"MaxResultsMb is {MaxResultsMb} but must be at least MaxResultMb, {MaxResultMb}: one job may have that much.");
        }

        // The message must not contain the value.
        if (WebhookSecret is null ? Webhooks.Length > 0 : WebhookSecret.Length < MinSecretLength || WebhookSecret.Any(static c => c is <= ' ' or > '~') || WebhookSignature.KeyOf(WebhookSecret) is null)
        {
            yield return new($"WebhookSecret must be set for Jobs:Webhooks, to at least {MinSecretLength} visible ASCII characters, or to 'whsec_' and a key in base64 (openssl rand -base64 32).");
        }
    }
}
