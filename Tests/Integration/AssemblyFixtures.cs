using Fleet.Tests;
using Fleet.Tests.YourApp;

[assembly: AssemblyFixture(typeof(InstalledBrowser))]
[assembly: AssemblyFixture(typeof(FrameworkDists))]
