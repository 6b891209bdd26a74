using System.Text;
using ClustermgrExporter.Commands;
using ClustermgrExporter.Configuration;
using Xunit;

namespace ClustermgrExporter.Tests.Config;

public sealed class LoadTests(ConfigFolder folder) : IClassFixture<ConfigFolder>
{
    private const string Minimal = "clusters: [{ name: a, members: [http://h:9998], auth: { secret_file: secret } }]\n";

    private string[] ErrorsOf(string name)
    {
        var result = ConfigLoader.Load(folder.PathOf(name), ConfigFolder.Environment);
        Assert.Equal(result.Errors.Length > 0, result.Config is null);
        return [.. result.Errors.Select(error => error.Replace(folder.Root, "FOLDER", StringComparison.Ordinal))];
    }

    private string[] ErrorsOf(byte[] content)
    {
        File.WriteAllBytes(folder.PathOf("exporter.yaml"), content);
        return ErrorsOf("exporter.yaml");
    }

    [Theory]
    [InlineData("absent.yaml", "no such file")]
    [InlineData("no/such/folder.yaml", "no such file")]
    [InlineData("folder", "is a directory, not a file")]
    [InlineData("secret/exporter.yaml", "no such file")]
    public void AFileThatCannotBeReadIsOneErrorThatSaysWhy(string name, string reason) =>
        Assert.Equal(
            [$"FOLDER/{name}: {reason}; name a configuration file, exporter.example.yaml shows all keys"],
            ErrorsOf(name)
        );

    [Fact]
    public void AnEmptyPathOrOneThatNoFileCanHaveIsOneError()
    {
        foreach (var path in (string[])["", "a\0b", new string('x', 5000)])
        {
            Assert.Single(ConfigLoader.Load(path, ConfigFolder.Environment).Errors);
        }
    }

    [Fact]
    public void OnlyUtf8IsRead()
    {
        const string Reason =
            "FOLDER/exporter.yaml: is not UTF-8 text; save it as UTF-8; name a configuration file, "
            + "exporter.example.yaml shows all keys";
        Assert.Equal([Reason], ErrorsOf([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Minimal)]));
        Assert.Equal([Reason], ErrorsOf([.. Encoding.UTF8.GetBytes(Minimal), 0xc3, 0x28]));
    }

    [Fact]
    public void AByteOrderMarkAndWindowsLineEndsDoNotMatter()
    {
        Assert.Empty(ErrorsOf([.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(Minimal)]));
        Assert.Empty(
            ErrorsOf(
                Encoding.UTF8.GetBytes("timeout: 2s\r\nclusters:\r\n- name: a\r\n  members: " + "[http://h:9998]\r\n")
            )
        );
        Assert.Equal(
            [
                "FOLDER/exporter.yaml:3: unknown key \"x\" under clusters[0]; known: name, members, labels, proxy_url, auth, tasks, tls, schedulers",
            ],
            ErrorsOf(Encoding.UTF8.GetBytes("clusters:\r\n- name: a\r\n  x: 1\r\n  members: [http://h:9998]\r\n"))
        );
    }

    [Fact]
    public void AHugeFileIsRefusedBeforeItIsParsed() =>
        Assert.Equal(
            [
                "FOLDER/exporter.yaml: is larger than 16384 KiB; name a configuration file, exporter.example.yaml "
                    + "shows all "
                    + "keys",
            ],
            ErrorsOf(new byte[(16 << 20) + 1])
        );

    [Fact]
    public void ADeviceWithoutEndIsRefusedToo()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "no /dev/zero here");
        Assert.Contains(
            "is larger than",
            Assert.Single(ConfigLoader.Load("/dev/zero", ConfigFolder.Environment).Errors),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void TheSecretBesideTheFileIsFoundFromAnyWorkingFolder() =>
        Assert.Empty(ErrorsOf(Encoding.UTF8.GetBytes(Minimal)));

    [Fact]
    public void LoadingAgainSeesAChangedSecret()
    {
        var source = new ConfigSource(folder.PathOf("rotating.yaml"), null);
        folder.Write("rotating.yaml", Minimal.Replace("_file: secret", "_file: rotated", StringComparison.Ordinal));
        foreach (var secret in (string[])["first", "second"])
        {
            folder.Write("rotated", secret);
            Assert.Equal(secret, source.Load(ConfigFolder.Environment).Config!.Clusters[0].Secret!.Reveal());
        }
    }
}
