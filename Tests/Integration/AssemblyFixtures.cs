using Fleet.Tests;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(InstalledBrowser))]

// More than there are processors: most tests wait for a browser or for another process.
[assembly: Parallelization(MaxThreads = 4)]
