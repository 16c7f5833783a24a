using Fleet.Tests;

[assembly: AssemblyFixture(typeof(MachineFixture))]
