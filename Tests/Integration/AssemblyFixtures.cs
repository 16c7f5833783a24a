using Fleet.Tests;
using Fleet.Tests.YourApp;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(InstalledBrowser))]
[assembly: AssemblyFixture(typeof(FrameworkDists))]

// More than there are processors: most tests wait for a browser or for another process.
[assembly: Parallelization(MaxThreads = 3)]
