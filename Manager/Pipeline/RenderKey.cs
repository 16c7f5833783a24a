using Fleet.Contracts;
using Fleet.Manager.Rendering;

namespace Fleet.Manager.Pipeline;

/// <summary>What makes two renders the same: one answer will do for both. Who shows other credentials asks for something else, whatever affinity is
/// named.</summary>
internal sealed record RenderKey(string Url, string Affinity, string Formats, ShellAcceptance Accept, RenderCredentials? Credentials, PictureRequest? Picture, bool Document)
{
    public static RenderKey Of(RenderOperation visit) => new(
        visit.Request.Url,
        visit.Affinity,
        visit.Request.Formats is { } formats ? string.Join(',', formats.Order()) : "",
        visit.Request.Accept,
        visit.Request.Credentials,
        // Patience and priority make no other picture.
        visit.Picture is { } picture ? picture with { DeadlineMs = null, Priority = 0 } : null,
        visit.Document);
}
