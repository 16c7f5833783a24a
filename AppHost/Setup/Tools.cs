namespace Fleet.AppHost.Setup;

/// <summary>The programs that the fleet needs, found or installed.</summary>
/// <param name="Browser">Full path of the browser.</param>
/// <param name="RedisServer">Full path of <c>redis-server</c>; null when there is none or none is wanted.</param>
internal sealed record Tools(string Browser, string? RedisServer);
