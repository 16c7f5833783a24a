using Fleet.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.HostShells;

/// <summary>The host shell on disk and the version that is served. Keeps serving the last good version when the file is missing or broken.</summary>
internal sealed partial class HostShellFile
{
    /// <summary>Maximum size of the shell in bytes: 2 MiB. It is held in memory and sent with every page.</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    private readonly ILogger<HostShellFile> _logger;
    private readonly Lock _gate = new();
    private readonly ShellAssets _assets;
    private volatile ShellDocument _current;
    private string? _candidateToken;

    public HostShellFile(IOptions<HostAppOptions> options, ILogger<HostShellFile> logger)
    {
        _logger = logger;
        Dist = Path.GetFullPath(options.Value.Dist);
        IndexPath = Path.Combine(Dist, "index.html");
        _assets = new(Dist);
        _current = Read(out var problem) ?? throw new StartException($"Host:Dist is '{Dist}': {problem}");
        LogLoaded(IndexPath, _current.Token, _current.TakesContent);
    }

    /// <summary>The absolute path of the host app's folder.</summary>
    public string Dist { get; }

    public string IndexPath { get; }

    /// <summary>The served version.</summary>
    public ShellDocument Current => _current;

    /// <summary>Why the current file is not served; null if it is.</summary>
    public string? Problem { get; private set; }

    /// <summary>Polls the file. A change is accepted once two consecutive polls agree, so that a half-written file is not served.</summary>
    /// <returns>Whether the served shell changed.</returns>
    public bool Poll() => Poll(isComplete: false);

    /// <summary>Polls the file and accepts a change at once. For callers that know the file is complete.</summary>
    public bool Reload() => Poll(isComplete: true);

    private bool Poll(bool isComplete)
    {
        lock (_gate)
        {
            var found = Read(out var problem);
            if (found is { OpenAtEnd: { } open } && _current.OpenAtEnd is null)
            {
                (found, problem) = (null, $"index.html ends in {open} and appears to be half-written.");
            }

            SetProblem(problem);
            if (found is null || found.Token == _current.Token)
            {
                _candidateToken = null;
                return false;
            }

            if (!isComplete && found.Token != _candidateToken)
            {
                _candidateToken = found.Token;
                return false;
            }

            LogChanged(_current.Token, found.Token, found.TakesContent);
            (_current, _candidateToken) = (found, null);
            return true;
        }
    }

    private void SetProblem(string? problem)
    {
        if (problem is not null && problem != Problem)
        {
            LogNotAccepted(problem, _current.Token);
        }

        Problem = problem;
    }

    private ShellDocument? Read(out string? problem)
    {
        try
        {
            var file = new FileInfo(IndexPath);
            problem = !Directory.Exists(Dist) ? "the folder does not exist."
                : !file.Exists ? "index.html does not exist."
                : file.Length == 0 ? "index.html is empty."
                : file.Length > MaxBytes ? $"index.html has {file.Length} bytes; the maximum for a shell is {MaxBytes}."
                : null;
            return problem is null ? CreateDocument(File.ReadAllBytes(IndexPath), file.LastWriteTimeUtc) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // GET /health shows it to anyone, so the folder is named by its setting.
            problem = e.Message.Replace(Dist, "Host:Dist", StringComparison.Ordinal);
            return null;
        }
    }

    private ShellDocument CreateDocument(byte[] bytes, DateTime writtenAt)
    {
        var assets = _assets.Read(bytes);
        return new(bytes, BuildManifest.ReadBuiltAt(Dist) ?? assets.Select(asset => asset.ChangedAt).Append(writtenAt).Max(), assets);
    }

    [LoggerMessage(LogLevel.Information, "Serving host shell {Path}, token {Token}, accepts prerendered content: {TakesContent}.")]
    private partial void LogLoaded(string path, string token, bool takesContent);

    [LoggerMessage(LogLevel.Information, "Host shell changed from {OldToken} to {NewToken}, accepts prerendered content: {TakesContent}.")]
    private partial void LogChanged(string oldToken, string newToken, bool takesContent);

    [LoggerMessage(LogLevel.Warning, "The host shell on disk is not accepted: {Problem} Token {Token} is still served.")]
    private partial void LogNotAccepted(string problem, string token);
}
