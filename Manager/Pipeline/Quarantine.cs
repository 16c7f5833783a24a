using Fleet.Contracts;
using Fleet.Manager.Forwarding;
using Fleet.Manager.Rendering;
using Fleet.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Fleet.Manager.Pipeline;

/// <summary>Rejects renders that crashed two browsers, because a third crash would also fail every other render in that browser. A successful render, a
/// new host shell or the expiry of the entry clears it, because a page that merely shared the browser both times cannot be distinguished. URLs, screenshots of a
/// URL, renders with options and commands of a user are tracked separately, because a page that renders may still crash the browser in another way.
/// A URL whose renders crashed four browsers is not rendered with options or as a screenshot: otherwise each changed option could crash two more.
/// This does not apply to its render without options, since callers choose the options.</summary>
internal sealed class Quarantine(Func<string?> currentShell, IOptions<ManagerOptions> options, TimeProvider timeProvider)
{
    private const int Strikes = 2;
    private const int StrikesOfAnyOptions = 4;
    private const int MaxSuspects = 10_000;

    private readonly StrikeTable<Suspect> _suspects = new(Strikes, () => options.Value.QuarantineTime, MaxSuspects, timeProvider);
    private readonly StrikeTable<string> _urls = new(StrikesOfAnyOptions, () => options.Value.QuarantineTime, MaxSuspects, timeProvider);
    private readonly Lock _gate = new();
    private string? _shell;

    /// <summary>The error when the render is quarantined; otherwise null.</summary>
    public RenderError? Check(RenderOperation operation)
    {
        ClearIfShellChanged();
        var suspect = Suspect.Of(operation);
        return _suspects.BlockedFor(suspect) is { } left ? Error($"{Strikes} browsers crashed during this render. It is", left)
            : suspect.Options is not null && _urls.BlockedFor(suspect.Url) is { } leftOfUrl ? Error($"{StrikesOfAnyOptions} browsers crashed during renders of this URL. With options, or as a screenshot, it is", leftOfUrl)
            : null;

        static RenderError Error(string why, TimeSpan left) => new(503, "quarantined",
            $"{why} rejected for {left.TotalSeconds:F0} s (Manager:QuarantineTime) unless the host shell changes.") { RetryAfter = left };
    }

    /// <summary>Records how an attempt ended: a crash is a strike, a verdict clears the strikes, since the browser survived the render, and any other end changes nothing.</summary>
    public void Note(RenderOperation operation, ForwardKind kind)
    {
        ClearIfShellChanged();
        var suspect = Suspect.Of(operation);
        if (kind == ForwardKind.Crashed)
        {
            _suspects.Strike(suspect);
            if (operation.Command is null)
            {
                _urls.Strike(suspect.Url);
            }
        }
        else if (kind == ForwardKind.Verdict)
        {
            _suspects.Clear(suspect);
            if (suspect.Options is not null)
            {
                _urls.Clear(suspect.Url);
            }
        }
    }

    private void ClearIfShellChanged()
    {
        lock (_gate)
        {
            if (currentShell() is var shell && shell != _shell)
            {
                _suspects.Clear();
                _urls.Clear();
                _shell = shell;
            }
        }
    }

    /// <summary>Identifies what may have crashed the browser.</summary>
    /// <param name="Url">URL of the page; for a command it contains the command's name.</param>
    /// <param name="User">The user affinity of a command; null for a render.</param>
    /// <param name="Options">Digest of a screenshot or of a render with options for the page, without members that depend on the caller; null for other renders.</param>
    private sealed record Suspect(string Url, string? User, string? Options)
    {
        public static Suspect Of(RenderOperation operation) => new(
            operation.Request.Url,
            operation.Command is null ? null : operation.Affinity,
            operation.Screenshot is { } screenshot ? DigestOf(screenshot) : PageRequestRules.NeedsNavigation(operation.Request) ? DigestOf(operation.Request) : null);

        private static string DigestOf(PageRequest request) => RequestDigest.Of(request with { Credentials = null, Accept = default });
    }
}
