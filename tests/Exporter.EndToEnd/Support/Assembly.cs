using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

// The tests wait for processes more than they work: two at a time, as on the smallest machine, would only wait longer.
[assembly: Xunit.v3.Parallelization(MaxThreads = 4)]
