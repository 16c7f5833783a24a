using System.Text.Json;
using Fleet.Contracts;
using Microsoft.Extensions.Logging;

namespace Fleet.Registry;

/// <summary>Serializes the registry's records: UTF-8 JSON with <see cref="FleetJson.Options"/>.</summary>
internal static partial class RegistryJson
{
    private static readonly FirstOccurrence s_unreadable = new();

    public static string Write<T>(T record) => JsonSerializer.Serialize(record, FleetJson.Options);

    public static byte[] WriteBytes<T>(T record) => JsonSerializer.SerializeToUtf8Bytes(record, FleetJson.Options);

    /// <summary>Deserializes a record. A record that cannot be read, because another version or another program wrote it, is logged once and returned as null: one bad
    /// record must not hide the readable ones.</summary>
    public static T? Read<T>(ReadOnlySpan<byte> json, string key, ILogger logger) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, FleetJson.Options);
        }
        catch (JsonException exception)
        {
            if (s_unreadable.Is(key))
            {
                LogUnreadable(logger, key, typeof(T).Name, exception.Message);
            }

            return null;
        }
    }

    public static T? Read<T>(string json, string key, ILogger logger) where T : class =>
        Read<T>(System.Text.Encoding.UTF8.GetBytes(json), key, logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Ignoring the value of {Key}: it is not a valid {Record} ({Reason}).")]
    private static partial void LogUnreadable(ILogger logger, string key, string record, string reason);
}
