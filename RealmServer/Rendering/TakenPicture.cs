namespace Fleet.RealmServer.Rendering;

/// <summary>A picture as the manager gave it.</summary>
/// <param name="Bytes">The file.</param>
/// <param name="ShellToken">Token of the host shell that was in the page; empty when nobody could say.</param>
internal sealed record TakenPicture(byte[] Bytes, string ShellToken);
