using System.Text.Json;
using Fleet.Contracts;
using Microsoft.Extensions.Logging;

namespace Fleet.Registry;

/// <summary>Records as the registry keeps them: UTF-8 JSON in the fleet's dialect.</summary>
internal static partial class RegistryJson
{
    public static string Write<T>(T record) => JsonSerializer.Serialize(record, FleetJson.Options);

    public static byte[] WriteBytes<T>(T record) => JsonSerializer.SerializeToUtf8Bytes(record, FleetJson.Options);

    /// <summary>A record that this version of the fleet cannot read (another version wrote it, or a stranger) is logged and passed
    /// over: one bad record must not take the readable ones with it.</summary>
    public static T? Read<T>(ReadOnlySpan<byte> json, string key, ILogger logger) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, FleetJson.Options);
        }
        catch (JsonException exception)
        {
            LogUnreadable(logger, key, typeof(T).Name, exception.Message);
            return null;
        }
    }

    public static T? Read<T>(string json, string key, ILogger logger) where T : class =>
        Read<T>(System.Text.Encoding.UTF8.GetBytes(json), key, logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Passing over what {Key} holds: it is no {Record} ({Reason}).")]
    private static partial void LogUnreadable(ILogger logger, string key, string record, string reason);
}
