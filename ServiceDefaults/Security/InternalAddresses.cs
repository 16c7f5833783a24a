using Microsoft.Extensions.Configuration;

namespace Fleet.ServiceDefaults.Security;

/// <summary>The addresses of other services and of Redis, which answers to callers without a key do not contain: the message of an error may name them.</summary>
public sealed class InternalAddresses
{
    private readonly (string Text, string Setting)[] _known;

    /// <summary>Reads the addresses of <c>services:…</c> and <c>ConnectionStrings:redis</c>.</summary>
    public InternalAddresses(IConfiguration configuration) =>
        // The longest first: "http://manager:80/" before "manager:80".
        _known = [.. Services(configuration).Concat(Redis(configuration)).OrderByDescending(static known => known.Text.Length)];

    /// <summary>Replaces each address with the name of the setting that has it.</summary>
    public string Hide(string text) =>
        _known.Aggregate(text, static (hidden, known) => hidden.Replace(known.Text, known.Setting, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<(string Text, string Setting)> Services(IConfiguration configuration) =>
        from setting in configuration.GetSection("services").AsEnumerable()
        where setting.Value is not null
        let uri = Uri.TryCreate(setting.Value, UriKind.Absolute, out var parsed) && parsed.Host.Length > 0 ? parsed : null
        where uri is not null
        from text in (string[])[uri.GetLeftPart(UriPartial.Authority) + "/", uri.GetLeftPart(UriPartial.Authority), $"{uri.Host}:{uri.Port}"]
        select (text, setting.Key);

    // Endpoints and options of a connection string are separated by commas.
    private static IEnumerable<(string Text, string Setting)> Redis(IConfiguration configuration) =>
        from part in (configuration.GetConnectionString(RedisExtensions.ConnectionName) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        where !part.Contains('=', StringComparison.Ordinal) && part.Contains(':', StringComparison.Ordinal)
        select (part, $"ConnectionStrings:{RedisExtensions.ConnectionName}");
}
