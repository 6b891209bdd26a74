using Xunit;

namespace ClustermgrExporter.Tests.Config;

public sealed class MemberErrorsTests(ConfigFolder folder) : IClassFixture<ConfigFolder>
{
    [Theory]
    [InlineData("10.0.0.1:9998", "\"10.0.0.1:9998\" has no scheme; write http://10.0.0.1:9998")]
    [InlineData("http:/10.0.0.2:9998", "\"http:/10.0.0.2:9998\" lacks // after the scheme; write http://10.0.0.2:9998")]
    [InlineData("http:10.0.0.2:9998", "\"http:10.0.0.2:9998\" lacks // after the scheme; write http://10.0.0.2:9998")]
    [InlineData("HTTPS:/h/stat", "\"HTTPS:/h/stat\" lacks // after the scheme; write https://h:9998")]
    [InlineData("http:9998", "\"http:9998\" has no scheme; write http://http:9998")]
    [InlineData("10.0.0.1", "\"10.0.0.1\" has no scheme; write http://10.0.0.1:9998")]
    [InlineData("cm-1/stat", "\"cm-1\" has no scheme; write http://cm-1:9998")]
    [InlineData("//h:9998", "\"\" has no scheme; write http://:9998")]
    [InlineData(
        "http://10.0.0.1",
        "\"http://10.0.0.1\" has no port; clustermgr listens on 9998: write http://10.0.0.1:9998"
    )]
    [InlineData("https://h/", "\"https://h\" has no port; clustermgr listens on 9998: write https://h:9998")]
    [InlineData("http://[::1]", "\"http://[::1]\" has no port; clustermgr listens on 9998: write http://[::1]:9998")]
    [InlineData(
        "http://h:9998/stat",
        "has more than host and port; write \"http://h:9998\" alone, the paths are known"
    )]
    [InlineData(
        "http://h:9998/z/service/list/",
        "has more than host and port; write \"http://h:9998\" alone, the paths are known"
    )]
    [InlineData(
        "http://h:9998/z?a=b",
        "has more than host and port; write \"http://h:9998\" alone, the paths are known"
    )]
    [InlineData(
        "http://h:9998/a/../b",
        "has the path \"/a/../b\"; where a proxy has a member below a path, write \"http://h:9998/node-1\", of letters, digits and -._~"
    )]
    [InlineData(
        "http://h:9998//a",
        "has the path \"//a\"; where a proxy has a member below a path, write \"http://h:9998/node-1\", of letters, digits and -._~"
    )]
    [InlineData(
        "http://h:9998/a%2f",
        "has the path \"/a%2f\"; where a proxy has a member below a path, write \"http://h:9998/node-1\", of letters, digits and -._~"
    )]
    [InlineData("http://h:9998?a=b", "has more than host and port; write \"http://h:9998\" alone, the paths are known")]
    [InlineData("http://h/#x", "has more than host and port; write \"http://h:9998\" alone, the paths are known")]
    [InlineData("ftp://h:9998", "\"ftp://h:9998\" has the scheme \"ftp\"; only http and https can be asked")]
    [InlineData(
        "http://u:hunter2@h:9998",
        "holds user information (an @); clustermgr knows none: give its secret by auth and keep the URL plain"
    )]
    [InlineData("http://h:0", "\"http://h:0\" has the port \"0\"; a port is a number from 1 to 65535")]
    [InlineData("http://h:65536", "\"http://h:65536\" has the port \"65536\"; a port is a number from 1 to 65535")]
    [InlineData("http://h:", "\"http://h:\" has the port \"\"; a port is a number from 1 to 65535")]
    [InlineData("http://h:+80", "\"http://h:+80\" has the port \"+80\"; a port is a number from 1 to 65535")]
    [InlineData("http://:9998", "\"http://:9998\" has no host; write http://host:9998")]
    [InlineData("http://", "\"http://\" has no host; write http://host:9998")]
    [InlineData("http://::1:9998", "\"::1:9998\" has an IPv6 address without brackets; write http://[address]:9998")]
    [InlineData(
        "http://[::g]:9998",
        "\"http://[::g]:9998\" has the host \"[::g]\", which is neither a name nor an address; write "
            + "http://10.0.0.1:9998"
    )]
    [InlineData(
        "http://[fe80::1%25eth0]:9998",
        "\"http://[fe80::1%25eth0]:9998\" has a zone (%): it names an interface of this machine, and HTTP has no "
            + "place for it; "
            + "write the member's name or an address that needs none"
    )]
    [InlineData(
        "http://a%20b:9998",
        "\"http://a%20b:9998\" has the host \"a%20b\", which is neither a name nor an address; write "
            + "http://10.0.0.1:9998"
    )]
    [InlineData(
        "http://010.0.0.1:9998",
        "\"http://010.0.0.1:9998\" has the host \"010.0.0.1\", which is neither a name nor "
            + "an address; write http://10.0.0.1:9998"
    )]
    [InlineData(
        "http://10.1:9998",
        "\"http://10.1:9998\" has the host \"10.1\", which is neither a name nor an address; write "
            + "http://10.0.0.1:9998"
    )]
    [InlineData(
        "http://0.0.0.0:9998",
        "\"http://0.0.0.0:9998\" is an address to listen on, not one to ask; write the member's own"
    )]
    [InlineData(
        "http://[::]:9998",
        "\"http://[::]:9998\" is an address to listen on, not one to ask; write the member's own"
    )]
    [InlineData(
        "http://a b:9998",
        "\"http://a b:9998\" holds a blank or a character that does not print; write http://host:9998"
    )]
    [InlineData(
        "http://a\uFFFD:9998",
        "\"http://a\\ufffd:9998\" holds a blank or a character that does not print; write http://host:9998"
    )]
    [InlineData("", "is empty; write a URL, as http://10.0.0.1:9998")]
    public void ABadUrlIsRefusedWithTheRightOne(string url, string error) =>
        Assert.Equal(
            [$"4: clusters[0].members[0] {error}"],
            folder.ErrorsOf($"clusters:\n- name: a\n  members:\n  - \"{url}\"\n")
        );

    [Theory]
    [InlineData(
        "members: http://h:9998",
        "3: clusters[0].members must be a list (lines that begin with -), not a single value"
    )]
    [InlineData("members: [~]", "3: clusters[0].members[0] has no value; give it one or remove it")]
    [InlineData("members: [[http://h:9998]]", "3: clusters[0].members[0] must be a single value, not a list")]
    [InlineData("members: [{ name: n }]", "3: clusters[0].members[0] has no url; add it, as http://10.0.0.1:9998")]
    [InlineData("members: [{ url: h }]", "3: clusters[0].members[0].url \"h\" has no scheme; write http://h:9998")]
    [InlineData(
        "members: [{ uri: http://h:9998 }]",
        "3: unknown key \"uri\" under clusters[0].members[0]; did you mean \"url\"?",
        "3: clusters[0].members[0] has no url; add it, as http://10.0.0.1:9998"
    )]
    [InlineData(
        "members: [{ name: \"\", url: http://h:9998 }]",
        "3: clusters[0].members[0].name is blank; give it the name that dashboards and alerts will show"
    )]
    [InlineData(
        "members:\n  - http://h:9998\n  - http://H:9998/",
        "5: clusters[0].members[1] h:9998 is already clusters[0].members[0] (line 4); remove one of the two"
    )]
    [InlineData(
        "members:\n  - http://h:9998\n  - https://h.:9998",
        "5: clusters[0].members[1] h:9998 is already clusters[0].members[0] (line 4); remove one of the two"
    )]
    [InlineData(
        "members:\n  - http://[::1]:9998\n  - http://[0:0::1]:9998",
        "5: clusters[0].members[1] [::1]:9998 is already clusters[0].members[0] (line 4); remove one of the two"
    )]
    [InlineData(
        "members:\n  - { name: n, url: http://h:9998 }\n  - { name: n, url: http://i:9998 }",
        "5: clusters[0].members[1] has the name \"n\" of clusters[0].members[0]; give each member its own"
    )]
    [InlineData(
        "members:\n  - http://h:9998\n  - { name: 'h:9998', url: http://i:9998 }",
        "5: clusters[0].members[1] has the name \"h:9998\" of clusters[0].members[0]; give each member its own"
    )]
    [InlineData(
        "members: [http://h:9998]\n- name: b\n  members: [http://i:9998, http://h:9998]",
        "5: clusters[1].members[1] h:9998 is already clusters[0].members[0] (line 3); remove one of the two"
    )]
    public void BadMembersAreRefusedWithTheirLine(string members, params string[] errors) =>
        Assert.Equal(errors, folder.ErrorsOf($"clusters:\n- name: a\n  {members}\n"));

    [Fact]
    public void AnEndlessUrlIsNotRepeated() =>
        Assert.Equal(
            ["1: clusters[0].members[0] has 30000 characters; write http://host:9998"],
            folder.ErrorsOf($"clusters: [{{ name: a, members: [{new string('h', 30_000)}] }}]")
        );

    [Fact]
    public void APasswordInAUrlIsNotRepeated() =>
        Assert.DoesNotContain(
            folder.ErrorsOf("clusters: [{ name: a, members: ['http://u:hunter2@h:9998/?x=hunter2', 'u:hunter2@h'] }]"),
            error => error.Contains("hunter2", StringComparison.Ordinal)
        );
}
