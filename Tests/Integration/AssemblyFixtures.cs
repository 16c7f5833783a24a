using Fleet.Tests;
using Fleet.Tests.YourApp;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(InstalledBrowser))]
[assembly: AssemblyFixture(typeof(FrameworkDists))]

[assembly: TestCollectionOrderer(typeof(CollectionOrder))]
