using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fleet.Registry.Commands;

namespace Fleet.PrerenderServer.Rendering.Operations;

/// <summary>A command that a render runs.</summary>
/// <param name="name">The command's name in the host app.</param>
/// <param name="input">The input, as JSON text.</param>
/// <param name="key">The idempotency key, unique per user.</param>
internal sealed class CommandCall(string name, string input, string key)
{
    /// <summary>The command's name in the host app.</summary>
    public string Name => name;

    /// <summary>The input, as JSON text.</summary>
    public string Input => input;

    /// <summary>The idempotency key, unique per user.</summary>
    public string Key => key;

    /// <summary>Hash of name and input. It distinguishes a retry from a different command with the same key.</summary>
    public string Fingerprint { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{name}\n{input}")));

    /// <summary>The record of the start by this render; null before the start.</summary>
    public CommandRecord? Started { get; set; }

    /// <summary>The existing record of an earlier start, which kept this render from starting the command; otherwise null.</summary>
    public CommandRecord? StartedBefore { get; set; }

    /// <summary>Creates a call. A missing input becomes <c>null</c>.</summary>
    public static CommandCall Of(string name, JsonElement? input, string key) => new(name, input?.GetRawText() ?? "null", key);
}
