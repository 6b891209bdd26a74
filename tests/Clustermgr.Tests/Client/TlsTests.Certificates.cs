using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Clustermgr.Tests.Client;

/// <summary>Creates certificates, and a folder for their files.</summary>
public sealed partial class TlsTests
{
    private static X509Certificate2 MakeAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = TimeProvider.System.GetUtcNow(); // the verifier uses the machine's clock
        return request.CreateSelfSigned(now.AddDays(-3), now.AddDays(2));
    }

    private static X509Certificate2 Leaf(string name, double days = 1)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=A leaf", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (System.Net.IPAddress.TryParse(name, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(name);
        }
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        var serial = RandomNumberGenerator.GetBytes(8);
        using var signed = request.Create(
            Authority,
            now.AddDays(Math.Min(days, 0)).AddHours(-1),
            now.AddDays(days),
            serial
        );
        return signed.CopyWithPrivateKey(key);
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("clustermgr-tls-").FullName;

        public string Write(string name, string text)
        {
            var path = System.IO.Path.Combine(Path, name);
            File.WriteAllText(path, text);
            return path;
        }

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
