using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using ClustermgrSimulator.Raft;
using ClustermgrSimulator.Storage;

namespace ClustermgrSimulator.Http;

/// <summary>The GET endpoints, when there is a quorum.</summary>
internal sealed class ReadEndpoints(SimulationState state)
{
    private const ulong OrderStream = 20;
    private const int DefaultDisks = 10,
        MaxDisks = 200;

    private static readonly string[] NumberParameters = ["count", "marker", "status"];

    private static readonly JsonWriterOptions JsonOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Dictionary<ulong, ulong> _answers = [];

    private ServerVersion Version => state.Options.Version;

    /// <summary>The error for invalid arguments, which are checked before the quorum; null for valid ones.</summary>
    public static SimulatedAnswer? Validate(SimulatedRequest request) =>
        request.Path switch
        {
            "/config/get" when request.Text("key").Length == 0 => CreateOmittedError("ConfigArgs", "Key"),
            "/service/get" when request.Text("name").Length == 0 => CreateOmittedError("GetServiceArgs", "Name"),
            "/volume/list" when request.Text("count").Length == 0 => CreateOmittedError("ListVolumeArgs", "Count"),
            "/v2/volume/list" when request.Text("status").Length == 0 => CreateOmittedError(
                "ListVolumeV2Args",
                "Status"
            ),
            _ when NumberParameters.Any(name => request.Number(name) is null) => SimulatedAnswer.Json(
                400,
                "{\"error\":\"invalid number in the query\",\"code\":\"Argument\"}"
            ),
            _ => null,
        };

    /// <param name="asked">The member whose random numbers order the rows.</param>
    /// <param name="member">The member whose view is returned: the leader when a sick member forwards.</param>
    public SimulatedAnswer Stat(Member asked, Member member) =>
        Body(json => StatBody.Write(json, state, member, Order(asked.Id)));

    public SimulatedAnswer ConfigGet(SimulatedRequest request) =>
        state.Switches.TryGetValue(request.Text("key"), out var value)
            ? Body(json => json.WriteStringValue(value))
            : SimulatedAnswer.Error(404, "Not Found");

    public SimulatedAnswer DiskList(SimulatedRequest request)
    {
        var status = request.Number("status");
        var idc = request.Text("idc");
        var host = request.Text("host");
        var marker = (ulong)request.Number("marker")!.Value;
        if (marker != 0 && state.Inventory.Find(marker) is null)
        {
            return CreateIllegalError();
        }
        if (request.Text("rack").Length > 0 && idc.Length == 0)
        {
            return CreateIllegalError();
        }
        var count = request.Number("count") is > 0 and var some ? (int)Math.Min(some, MaxDisks) : DefaultDisks;
        state.Inventory.FillTo(state.Now);
        var page = state
            .Inventory.Disks.Where(d =>
                d.Id > marker
                && (status == 0 || (int)d.Status == status)
                && (idc.Length == 0 || d.Host.Idc == idc)
                && (host.Length == 0 || d.Host.Url == host)
            )
            .Take(count)
            .ToList();
        return Body(json => ListBodies.Disks(json, state, page, page.Count == 0 ? 0 : page[^1].Id));
    }

    public SimulatedAnswer DroppingList(SimulatedRequest request)
    {
        state.Inventory.FillTo(state.Now);
        return Body(json => ListBodies.Disks(json, state, state.Inventory.Disks.FindAll(d => d.Dropping), 0));
    }

    public SimulatedAnswer ServiceList(SimulatedRequest request) => Services(state.Services);

    public SimulatedAnswer ServiceGet(SimulatedRequest request) =>
        Services(state.Services.Where(s => s.Online && s.Name == request.Text("name")));

    public SimulatedAnswer VolumeList(SimulatedRequest request)
    {
        var most = Version == ServerVersion.V32 ? 500 : 2000;
        var count = (int)Math.Min(request.Number("count")!.Value, most);
        var marker = (ulong)request.Number("marker")!.Value;
        var page = state.Volumes.All.Where(v => v.Id > marker).Take(count).ToList();
        return Volumes(page, page.Count == 0 ? 0 : page[^1].Id);
    }

    public SimulatedAnswer VolumeListV2(SimulatedRequest request)
    {
        var status = (VolumeStatus)request.Number("status")!.Value;
        if (status == VolumeStatus.Idle)
        {
            return SimulatedAnswer.Error(931, "not support idle status");
        }
        if (!Enum.IsDefined(status))
        {
            return CreateIllegalError();
        }
        return Volumes(state.Volumes.All.FindAll(v => v.Status == status), 0);
    }

    /// <summary>No volume: 200 with a body of no bytes and no content type.</summary>
    private static SimulatedAnswer Volumes(List<Volume> page, ulong marker) =>
        page.Count == 0 ? SimulatedAnswer.Empty(200) : Body(json => ListBodies.Volumes(json, page, marker));

    private SimulatedAnswer Services(IEnumerable<SimulatedService> services)
    {
        // The server keeps them by name in a map: services come in random order, the instances of one in their own.
        var byName = services.GroupBy(s => s.Name).ToArray();
        Order(0).Shuffle(byName.AsSpan());
        return Body(json => ListBodies.Services(json, state.Options.ClusterId, byName.SelectMany(group => group)));
    }

    private RandomSource Order(ulong asked) =>
        RandomSource.CreateFor(
            state.Options.Seed,
            OrderStream + asked,
            _answers[asked] = _answers.GetValueOrDefault(asked) + 1
        );

    private static SimulatedAnswer CreateIllegalError() => SimulatedAnswer.Error(400, "Illegal Arguments");

    private static SimulatedAnswer CreateOmittedError(string args, string field) =>
        SimulatedAnswer.Json(
            400,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"error\":\"args({args}) field({field}) do not omit\",\"code\":\"Argument\"}}"
            )
        );

    private static SimulatedAnswer Body(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(buffer, JsonOptions))
        {
            write(json);
        }
        return SimulatedAnswer.Json(200, buffer.WrittenMemory);
    }
}
