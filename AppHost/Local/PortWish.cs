namespace Fleet.AppHost.Local;

/// <summary>A port that a resource is to listen on.</summary>
/// <param name="Resource">Name of the resource: <c>prerender-1</c>.</param>
/// <param name="Setting">The setting that the port comes from: <c>Fleet:Ports:Prerender</c>.</param>
/// <param name="Port">The port; 0 means any free one.</param>
internal sealed record PortWish(string Resource, string Setting, int Port);
