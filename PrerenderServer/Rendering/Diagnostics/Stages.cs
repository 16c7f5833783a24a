namespace Fleet.PrerenderServer.Rendering.Diagnostics;

/// <summary>Names of a visit's steps, as they appear in diagnostics.</summary>
internal static class Stages
{
    public const string Queue = "queue";
    public const string Boot = "boot";
    public const string Navigate = "navigate";
    public const string Render = "render";
    public const string Run = "run";
    public const string Settle = "settle";
    public const string Capture = "capture";
    public const string Picture = "picture";
}
