using System.Net.Http;
using System.Reflection;
using ClustermgrExporter.Admin;
using ClustermgrExporter.Cli.Rehearsing;
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
        Assert.Contains(typeof(ClustermgrExporter.Clustermgr.ClustermgrClient), reached.Types); // it was followed to where requests are made
        Assert.Contains(reached.Foreign, member => member.DeclaringType == typeof(HttpMethod) && member.Name == "get_Get");
    }

    /// <summary>The test above sees a write where there is one.</summary>
    [Fact]
    public void AVerbThatWritesIsSeenToDoSo()
    {
        var reached = new Reach(typeof(TaskVerb));

        Assert.Contains(typeof(ClustermgrAdmin), reached.Types);
        Assert.Equal(["get_Post"], Writes(reached).Select(member => member.Name));
    }

    /// <summary>One for clusters, and one for Alertmanager, which a rehearsal tells of its alerts.</summary>
    [Fact]
    public void OnlyOneTypeOfTheProgramWritesToAClusterAndOneToAlertmanager()
    {
        var all = typeof(ServeVerb).Assembly.GetTypes().Where(type => type.DeclaringType is null);

        Assert.Equal([typeof(AlertmanagerClient), typeof(ClustermgrAdmin)],
            all.Where(type => Writes(Reach.Alone(type)).Any()).OrderBy(type => type.Name, StringComparer.Ordinal));
    }

    private static IEnumerable<MemberInfo> Writes(Reach reached) => reached.Foreign.Where(member =>
        (member.DeclaringType == typeof(HttpMethod) && s_writes.Contains(member.Name))
        || (member.DeclaringType == typeof(HttpClient) && (member.Name.StartsWith('P') || member.Name.StartsWith("Delete", StringComparison.Ordinal)))
        || (member.DeclaringType?.FullName == "System.Net.Http.Json.HttpClientJsonExtensions")
        || member.DeclaringType?.FullName is "System.Net.WebClient" or "System.Net.HttpWebRequest");
}
