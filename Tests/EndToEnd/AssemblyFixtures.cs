using Fleet.Tests;
using Fleet.Tests.EndToEnd;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(InstalledBrowser))]

// Two collections run at once. A fleet that several classes share is the fixture of their collection.
[assembly: Parallelization(MaxThreads = 2)]
[assembly: TestCollectionOrderer(typeof(CollectionOrder))]
