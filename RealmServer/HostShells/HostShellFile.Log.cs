namespace Fleet.RealmServer.HostShells;

internal sealed partial class HostShellFile
{
    [LoggerMessage(LogLevel.Information, "Serving host shell {Path}, token {Token}, takes prerendered content: {TakesContent}.")]
    private partial void LogLoaded(string path, string token, bool takesContent);

    [LoggerMessage(LogLevel.Information, "Host shell changed from {OldToken} to {NewToken}, takes prerendered content: {TakesContent}.")]
    private partial void LogChanged(string oldToken, string newToken, bool takesContent);

    [LoggerMessage(LogLevel.Warning, "The host shell on disk is not taken: {Problem} Token {Token} is still served.")]
    private partial void LogNotTaken(string problem, string token);
}
