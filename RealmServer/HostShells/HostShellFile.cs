using Fleet.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Fleet.RealmServer.HostShells;

/// <summary>The host shell on disk and the version of it that is served. Keeps the last good one whatever happens to the file.</summary>
internal sealed partial class HostShellFile
{
    /// <summary>Largest shell, in bytes: 2 MiB. It is held in memory and goes out with every page.</summary>
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

    /// <summary>Folder of the host app, absolute.</summary>
    public string Dist { get; }

    public string IndexPath { get; }

    /// <summary>The version that is served now.</summary>
    public ShellDocument Current => _current;

    /// <summary>Why the file as it is now is not served; null when it is.</summary>
    public string? Problem { get; private set; }

    /// <summary>Looks at the file. A changed one is taken when two looks in a row agree, so that one that is being written is not.</summary>
    /// <returns>Whether another shell is served now.</returns>
    public bool Look() => Look(settled: false);

    /// <summary>Looks at the file and takes it at once: somebody says that it is complete.</summary>
    public bool Reload() => Look(settled: true);

    private bool Look(bool settled)
    {
        lock (_gate)
        {
            var found = Read(out var problem);
            // An app whose build leaves </html> out is not half-written for ever; one that had it and lost it is.
            if (found is { IsClosed: false } && _current.IsClosed)
            {
                (found, problem) = (null, $"{IndexPath} has no </html>: it looks half-written.");
            }

            NoteProblem(problem);
            if (found is null || found.Token == _current.Token)
            {
                _candidateToken = null;
                return false;
            }

            if (!settled && found.Token != _candidateToken)
            {
                _candidateToken = found.Token;
                return false;
            }

            LogChanged(_current.Token, found.Token, found.TakesContent);
            (_current, _candidateToken) = (found, null);
            return true;
        }
    }

    private void NoteProblem(string? problem)
    {
        if (problem is not null && problem != Problem)
        {
            LogNotTaken(problem, _current.Token);
        }

        Problem = problem;
    }

    private ShellDocument? Read(out string? problem)
    {
        try
        {
            var file = new FileInfo(IndexPath);
            problem = !Directory.Exists(Dist) ? "the folder does not exist."
                : !file.Exists ? $"{IndexPath} does not exist."
                : file.Length == 0 ? $"{IndexPath} is empty."
                : file.Length > MaxBytes ? $"{IndexPath} has {file.Length} bytes; a shell may have at most {MaxBytes}."
                : null;
            return problem is null ? Document(File.ReadAllBytes(IndexPath), file.LastWriteTimeUtc) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = e.Message;
            return null;
        }
    }

    private ShellDocument Document(byte[] bytes, DateTime writtenAt)
    {
        var assets = _assets.Read(bytes);
        return new(bytes, BuildManifest.ReadBuiltAt(Dist) ?? assets.Select(asset => asset.ChangedAt).Append(writtenAt).Max(), assets);
    }

    [LoggerMessage(LogLevel.Information, "Serving host shell {Path}, token {Token}, takes prerendered content: {TakesContent}.")]
    private partial void LogLoaded(string path, string token, bool takesContent);

    [LoggerMessage(LogLevel.Information, "Host shell changed from {OldToken} to {NewToken}, takes prerendered content: {TakesContent}.")]
    private partial void LogChanged(string oldToken, string newToken, bool takesContent);

    [LoggerMessage(LogLevel.Warning, "The host shell on disk is not taken: {Problem} Token {Token} is still served.")]
    private partial void LogNotTaken(string problem, string token);
}
