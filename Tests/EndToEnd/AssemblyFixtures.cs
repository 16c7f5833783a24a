using Fleet.Tests;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(MachineFixture))]

// Each fleet wants the machine to itself. A fleet that several classes share is the fixture of their collection.
[assembly: Parallelization(Mode = ParallelMode.None)]
