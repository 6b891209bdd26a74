using System.Net.Http;
using System.Reflection;
using ClustermgrExporter.Admin;
using ClustermgrExporter.Cli.Rehearsing;
using ClustermgrExporter.Clustermgr;
using Refit;
using Xunit;

namespace ClustermgrExporter.Tests.House;

/// <summary>The server part can send no write: not because it does not, but because nothing that it could call can.</summary>
public sealed class ReadOnlyTests
{
    /// <summary>What HTTP writes with. A method of another name has to be made by its constructor.</summary>
    private static readonly string[] s_writes = ["get_Post", "get_Put", "get_Patch", "get_Delete", ".ctor", "Parse"];

    [Theory]
    [InlineData(typeof(ServeVerb))]
    [InlineData(typeof(DemoVerb))]
    [InlineData(typeof(StatusVerb))]
    public void NothingThatIsReachedFromAReadingVerbCanWrite(Type verb)
    {
        var reached = new Reach(verb);

        Assert.DoesNotContain(reached.Types, type => type.Namespace == typeof(ClustermgrAdmin).Namespace);
        Assert.Empty(Writes(reached));
        Assert.Equal([typeof(IClustermgrReads)], reached.Types.Where(IsApi)); // it was followed to where requests are made
    }

    /// <summary>The test above sees a write where there is one.</summary>
    [Fact]
    public void AVerbThatWritesIsSeenToDoSo()
    {
        var reached = new Reach(typeof(TaskVerb));

        Assert.Contains(typeof(ClustermgrAdmin), reached.Types);
        Assert.Equal([typeof(IClustermgrReads), typeof(IClustermgrWrites)], reached.Types.Where(IsApi).OrderBy(type => type.Name, StringComparer.Ordinal));
    }

    /// <summary>One for clusters, and one for Alertmanager, which a rehearsal tells of its alerts.</summary>
    [Fact]
    public void OnlyOneInterfaceOfTheProgramWritesToAClusterAndOneToAlertmanager()
    {
        var all = typeof(ServeVerb).Assembly.GetTypes();

        Assert.Equal([typeof(IAlertmanagerApi), typeof(IClustermgrWrites)],
            all.Where(type => type.GetMethods().Any(Sends)).OrderBy(type => type.Name, StringComparer.Ordinal));
        // And nobody makes a request without one: what Refit generates of these interfaces does.
        Assert.Equal(["Refit.Implementation.Generatedclustermgr_exporter"],
            all.Where(type => type.DeclaringType is null && Writes(Reach.Alone(type)).Any()).Select(type => type.FullName));
    }

    private static bool IsApi(Type type) => type.IsInterface && type.GetMethods().Any(method => method.IsDefined(typeof(HttpMethodAttribute)));

    private static bool Sends(MethodInfo method) => method.GetCustomAttribute<HttpMethodAttribute>() is not (null or GetAttribute);

    private static IEnumerable<MemberInfo> Writes(Reach reached) => reached.Foreign.Where(member =>
        (member.DeclaringType == typeof(HttpMethod) && s_writes.Contains(member.Name))
        || (member.DeclaringType == typeof(HttpClient) && (member.Name.StartsWith('P') || member.Name.StartsWith("Delete", StringComparison.Ordinal)))
        || (member.DeclaringType?.FullName == "System.Net.Http.Json.HttpClientJsonExtensions")
        || member.DeclaringType?.FullName is "System.Net.WebClient" or "System.Net.HttpWebRequest");
}
