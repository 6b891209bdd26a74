using ClustermgrSimulator.Storage;

namespace ClustermgrSimulator;

/// <summary>The services that a cluster of this size runs.</summary>
internal static class ServiceList
{
    private static readonly string[] KnownNames = ["BLOBNODE", "PROXY", "SCHEDULER", "WORKER", "SHARDNODE"];

    public static IReadOnlyList<string> Names => KnownNames;

    public static bool Knows(string name) => KnownNames.Contains(name, StringComparer.Ordinal);

    public static IEnumerable<SimulatedService> Create(SimulatorOptions options, DiskInventory inventory)
    {
        for (var i = 0; i < options.Idcs.Count; i++)
        {
            var idc = options.Idcs[i];
            if (i < 2)
            {
                yield return new SimulatedService("SCHEDULER", $"http://10.2.{i}.1:9800", idc);
            }
            yield return new SimulatedService("PROXY", $"http://10.3.{i}.1:9600", idc);
            for (var s = 0; s < options.ShardnodesPerIdc; s++)
            {
                yield return new SimulatedService("SHARDNODE", $"http://10.4.{i}.{s + 1}:9100", idc);
            }
        }
        foreach (var host in inventory.Blobnodes)
        {
            yield return new SimulatedService("BLOBNODE", host.Url, host.Idc);
            yield return new SimulatedService("WORKER", host.Url.Replace(":8889", ":9910"), host.Idc);
        }
    }
}
