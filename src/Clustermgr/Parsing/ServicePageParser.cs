using System.Collections.Immutable;
using System.Text.Json;
using Clustermgr.Analysis;

namespace Clustermgr.Parsing;

/// <summary>{nodes:[…]} of /service/list and /service/get.</summary>
internal static class ServicePageParser
{
    private const int Name = 0,
        Host = 1,
        Idc = 2;

    private static readonly JsonShape Page = new("", new JsonField(FieldType.Rows, "nodes"));

    private static readonly JsonShape Node = new(
        "nodes[].",
        new(FieldType.Text, "name"),
        new(FieldType.Text, "host"),
        new(FieldType.Text, "idc")
    );

    public static ServicePage? Parse(ReadOnlySpan<byte> utf8, out string reason) =>
        InvalidBodyException.TryParse(utf8, Read, out reason);

    private static ServicePage Read(ref Utf8JsonReader reader)
    {
        var log = StrictList.CreateLog(in reader);
        var row = new JsonRow(Page, log);
        ImmutableArray<ServiceInstance> instances = [];
        while (row.Next(ref reader))
        {
            instances = StrictList.Read(ref reader, log, Node.Path, ReadNode);
        }
        StrictList.ThrowIfIncomplete(log);
        return new ServicePage(instances) { Cuts = log.Cuts };
    }

    private static ServiceInstance ReadNode(ref Utf8JsonReader reader, SchemaLog log)
    {
        var row = new JsonRow(Node, log);
        string name = "",
            host = "",
            idc = "";
        while (row.Next(ref reader))
        {
            var text = MemberText.Read(in reader, log);
            switch (row.Slot)
            {
                case Name:
                    name = text;
                    break;
                case Host:
                    host = text;
                    break;
                case Idc:
                    idc = text;
                    break;
            }
        }
        return new ServiceInstance(name, host, idc);
    }
}
