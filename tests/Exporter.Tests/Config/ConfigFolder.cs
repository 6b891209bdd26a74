using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClustermgrExporter.Configuration;

namespace ClustermgrExporter.Tests.Config;

/// <summary>A folder with the valid and invalid secrets and PEM files that configurations name.</summary>
public sealed class ConfigFolder : IDisposable
{
    public const string SecretText = "hunter2-0123456789";

    public static readonly Dictionary<string, string> Environment = new()
    {
        ["CM_SECRET"] = SecretText,
        ["CM_EMPTY"] = "",
        ["lower_secret"] = "",
    };

    public ConfigFolder()
    {
        Write("secret", SecretText + "\n");
        Write("secret-without-newline", SecretText);
        Write("secret-open", SecretText, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Write("secret-empty", "\n");
        Write("secret-two-lines", "one\ntwo\n");
        Write("secret-huge", new string('x', 20_000));
        File.WriteAllBytes(PathOf("secret-binary"), [0xff, 0xfe, 0x00]);
        Directory.CreateDirectory(PathOf("folder"));
        Write("not.pem", "just text");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var certificate = new CertificateRequest("CN=exporter", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            start,
            start.AddYears(10)
        );
        Write("client.pem", certificate.ExportCertificatePem());
        Write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Write("client.key", key.ExportPkcs8PrivateKeyPem());
        Write("open.key", key.ExportPkcs8PrivateKeyPem(), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Write("other.key", other.ExportPkcs8PrivateKeyPem());
        Write(
            "encrypted.key",
            key.ExportEncryptedPkcs8PrivateKeyPem(
                "password",
                new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1)
            )
        );
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("config-").FullName;

    public string PathOf(string name) => Path.Combine(Root, name);

    public void Write(string name, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        File.WriteAllText(PathOf(name), text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(PathOf(name), mode);
        }
    }

    internal ConfigResult Parse(string yaml) => ConfigLoader.Parse(yaml, "exporter.yaml", Root, Environment);

    /// <summary>The errors without the file's name, and with the folder replaced by FOLDER: "3: name …".</summary>
    internal string[] ErrorsOf(string yaml) => Short(Parse(yaml).Errors);

    internal string[] WarningsOf(string yaml) => Short(Parse(yaml).Warnings);

    private string[] Short(IEnumerable<string> lines) =>
        [.. lines.Select(line => line.Replace(Root, "FOLDER", StringComparison.Ordinal)["exporter.yaml:".Length..])];

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
