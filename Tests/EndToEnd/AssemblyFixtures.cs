using Fleet.Tests;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(InstalledBrowser))]

// A fleet that several classes share is the fixture of their collection. More than two fleets at once would wait for processors only.
[assembly: Parallelization(MaxThreads = 2)]
