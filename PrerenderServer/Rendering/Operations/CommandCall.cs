using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fleet.Registry.Commands;

namespace Fleet.PrerenderServer.Rendering.Operations;

/// <summary>A command that a render is to run.</summary>
/// <param name="name">As the host knows it.</param>
/// <param name="input">What it is given, as JSON text.</param>
/// <param name="key">Names this command of this user.</param>
internal sealed class CommandCall(string name, string input, string key)
{
    /// <summary>As the host knows it.</summary>
    public string Name => name;

    /// <summary>What it is given, as JSON text.</summary>
    public string Input => input;

    /// <summary>Names this command of this user.</summary>
    public string Key => key;

    /// <summary>Tells a repetition from another command under the same key.</summary>
    public string Fingerprint { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{name}\n{input}")));

    /// <summary>That this render started it; null as long as it has not.</summary>
    public CommandRecord? Started { get; set; }

    /// <summary>What was known of it when this render was about to start it: somebody else had. Null otherwise.</summary>
    public CommandRecord? StartedBefore { get; set; }

    public static CommandCall Of(string name, JsonElement? input, string key) => new(name, input?.GetRawText() ?? "null", key);
}
