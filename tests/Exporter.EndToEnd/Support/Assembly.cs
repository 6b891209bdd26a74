using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

// The tests mostly wait for processes: running two at a time, the default on the smallest machine, would take longer.
[assembly: Xunit.v3.Parallelization(MaxThreads = 4)]
