using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ClustermgrExporter.Tests.Support;

/// <summary>An authority of our own, and certificates that it signs. Each has a key of its own.</summary>
public sealed class Certificates : IDisposable
{
    private readonly X509Certificate2 _authority;

    public Certificates(string name = "CN=An authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = TimeProvider.System.GetUtcNow(); // the verifier uses the machine's clock
        _authority = request.CreateSelfSigned(now.AddDays(-3), now.AddDays(3));
    }

    private Certificates(X509Certificate2 authority) => _authority = authority;

    public X509Certificate2 Authority => _authority;

    /// <summary>An intermediate authority that this one has signed.</summary>
    public Certificates Issue(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = TimeProvider.System.GetUtcNow();
        using var signed = request.Create(
            _authority,
            now.AddDays(-2),
            now.AddDays(2),
            RandomNumberGenerator.GetBytes(8)
        );
        return new Certificates(signed.CopyWithPrivateKey(key));
    }

    public string AuthorityPem => _authority.ExportCertificatePem();

    /// <summary>For a server and for a client.</summary>
    /// <param name="names">DNS names, addresses, mail addresses and URIs.</param>
    public X509Certificate2 Sign(string subject, params string[] names) => Sign(subject, names, null);

    /// <summary>One that says where its authority can be fetched.</summary>
    public X509Certificate2 SignNaming(string subject, Uri authority) =>
        Sign(subject, [], new X509AuthorityInformationAccessExtension(null, [authority.AbsoluteUri]));

    private X509Certificate2 Sign(string subject, string[] names, X509Extension? extension)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                builder.AddIpAddress(address);
            }
            else if (name.Contains("://", StringComparison.Ordinal))
            {
                builder.AddUri(new Uri(name));
            }
            else if (name.Contains('@', StringComparison.Ordinal))
            {
                builder.AddEmailAddress(name);
            }
            else
            {
                builder.AddDnsName(name);
            }
        }
        if (names.Length > 0)
        {
            request.CertificateExtensions.Add(builder.Build());
        }
        if (extension is not null)
        {
            request.CertificateExtensions.Add(extension);
        }
        var now = TimeProvider.System.GetUtcNow();
        using var signed = request.Create(
            _authority,
            now.AddDays(-1),
            now.AddDays(1),
            RandomNumberGenerator.GetBytes(8)
        );
        return signed.CopyWithPrivateKey(key);
    }

    /// <summary>Writes NAME.crt and NAME.key.</summary>
    public static void Write(string folder, string name, X509Certificate2 certificate)
    {
        File.WriteAllText(Path.Combine(folder, $"{name}.crt"), certificate.ExportCertificatePem());
        using var key = certificate.GetECDsaPrivateKey()!;
        var path = Path.Combine(folder, $"{name}.key");
        File.WriteAllText(path, key.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    public void Dispose() => _authority.Dispose();
}
