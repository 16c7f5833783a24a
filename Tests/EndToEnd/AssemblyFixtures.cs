using Fleet.Tests;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(InstalledBrowser))]

// Two fleets at once would double the time of each. A fleet that several classes share is the fixture of their collection.
[assembly: Parallelization(Mode = ParallelMode.None)]
