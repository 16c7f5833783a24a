using Fleet.Tests.Rendering;
using Fleet.Tests.YourApp;

namespace Fleet.Tests;

/// <summary>The classes that share a prerender server take minutes, one after the other.</summary>
public sealed class CollectionOrder() : LongestFirst(FidelityCollection.Name, HostilePageCollection.Name, ServerCollection.Name, nameof(FrameworkTests));
