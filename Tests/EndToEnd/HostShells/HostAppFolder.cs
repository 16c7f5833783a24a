using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Fleet.Tests.HostShells;

/// <summary>The folder of a small host app that implements the host contract and shows its version in every render. Bundles of earlier
/// versions stay, as a deploy leaves them for pages that are open.</summary>
/// <param name="script">Its module, in which <c>@version</c> stands for the version; null for one that renders cards and shows nothing to visitors.</param>
internal sealed class HostAppFolder(string? script = null) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleet-host-");

    public string Path => _folder.FullName;

    /// <summary>Every version that was deployed here, by token.</summary>
    public ConcurrentDictionary<string, string> Versions { get; } = new();

    private string Index => System.IO.Path.Combine(Path, "index.html");

    /// <summary>Puts a version there, the shell last, as a deploy does.</summary>
    /// <param name="version">Its name.</param>
    /// <param name="builtAt">Time of the shell; null for now.</param>
    /// <returns>The shell's token.</returns>
    public string Deploy(string version, DateTime? builtAt = null)
    {
        AddBundle(version);
        var shell = Shell($"Host {version}", BundleOf(version));
#pragma warning disable CA5351 // The token is an md5.
        var token = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(shell)));
#pragma warning restore CA5351
        Versions[token] = version;
        Write(Index, shell, builtAt ?? DateTime.UtcNow);
        return token;
    }

    /// <summary>Puts a version there whose script has the same name in every version, as in an app without a build step; only the first of them
    /// changes the shell.</summary>
    public void DeployUnderOneName(string version)
    {
        Write(System.IO.Path.Combine(Path, "app.js"), ScriptOf(version), DateTime.UtcNow);
        Write(Index, Shell("Host", "app.js"), BuiltAt);
    }

    /// <summary>Deploys a version's script without a shell that references it.</summary>
    public void AddBundle(string version) => File.WriteAllText(System.IO.Path.Combine(Path, BundleOf(version)), ScriptOf(version));

    /// <summary>Time of the shell that is there.</summary>
    public DateTime BuiltAt => File.GetLastWriteTimeUtc(Index);

    public void Dispose() => _folder.Delete(recursive: true);

    // A name that changes with the content, as bundlers make them.
    public static string BundleOf(string version) => $"app-{version}-7d3f9c1b.js";

    private static string Shell(string title, string bundle) => $"""
        <!doctype html><html><head><meta charset="utf-8"><title>{title}</title><!--fleet:head-->
        <script type="module" src="/{bundle}"></script></head><body><main id="app"><!--fleet:body--></main></body></html>
        """;

    private string ScriptOf(string version) => (script ?? Script).Replace("@version", version, StringComparison.Ordinal);

    // Atomic: a reader gets the old file or the new one.
    private static void Write(string file, string text, DateTime writtenAt)
    {
        File.WriteAllText(file + ".new", text);
        File.SetLastWriteTimeUtc(file + ".new", writtenAt);
        File.Move(file + ".new", file, overwrite: true);
    }

    // A card can delay its render, and can be one that a version of the app fails on.
    private const string Script = """
        const version = '@version';
        async function render({ url, formats }) {
          try {
            const response = await fetch(url, { headers: { accept: 'application/json' }, cache: 'no-store' });
            if (!response.ok) return { status: 503, formats: {}, deps: [], error: { kind: 'network', message: `${url} answered ${response.status}` } };
            const card = await response.json();
            if (card.pauseMs) await new Promise((resolve) => setTimeout(resolve, card.pauseMs));
            if (card.needs && card.needs !== version) throw new Error(`version ${version} has no ${card.needs}`);
            const all = { isolated: `<p data-version="${version}">${card.title}</p>`, head: `<title>${card.title}</title>` };
            return { status: 200, formats: Object.fromEntries(formats.filter((f) => all[f]).map((f) => [f, all[f]])), deps: [url] };
          } catch (error) {
            const kind = error instanceof TypeError ? 'network' : 'content';
            return { status: 500, formats: {}, deps: [url], error: { kind, message: error.message } };
          }
        }
        globalThis.fleet = { version: '1', capabilities: ['render'], ready: Promise.resolve(), render };
        """;
}
