using Xunit.v3;

// The default device is for one thread at a time, and some tests count what the whole process allocates or which threads it has.
[assembly: Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
