using Fleet.Tests;

[assembly: AssemblyFixture(typeof(InstalledBrowser))]
