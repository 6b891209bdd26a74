using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClustermgrExporter.Configuration;

namespace ClustermgrExporter.Web.Access;

/// <summary>The options of TLS handshakes, and the check of client certificates.</summary>
internal static class TlsHandshake
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    public static SslServerAuthenticationOptions Options(WebConfig config)
    {
        var tls = config.Tls!;
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = tls.Certificate,
            EnabledSslProtocols = tls.Protocols,
            CipherSuitesPolicy = Policy(tls),
            ClientCertificateRequired = tls.Clients != ClientCertificates.NoClientCert,
            RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                IsAccepted(tls, certificate as X509Certificate2, chain),
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            // A client's certificate must not make this server fetch URLs.
            CertificateChainPolicy = new X509ChainPolicy
            {
                DisableCertificateDownloads = true,
                RevocationMode = X509RevocationMode.NoCheck,
            },
            AllowRenegotiation = false,
            ApplicationProtocols = config.Http2
                ? [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11]
                : [SslApplicationProtocol.Http11],
        };
    }

    private static CipherSuitesPolicy? Policy(ServerTls tls)
    {
        if (tls.CipherSuites.IsEmpty)
        {
            return null;
        }
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("cipher_suites can be chosen on Linux and macOS only");
        }
        return new CipherSuitesPolicy(tls.CipherSuites);
    }

    private static bool IsAccepted(ServerTls tls, X509Certificate2? certificate, X509Chain? presented)
    {
        var trusted = tls.Clients switch
        {
            ClientCertificates.NoClientCert or ClientCertificates.RequestClientCert => true,
            ClientCertificates.RequireAnyClientCert => certificate is not null,
            ClientCertificates.VerifyClientCertIfGiven => certificate is null || IsTrusted(tls, certificate, presented),
            ClientCertificates.RequireAndVerifyClientCert => certificate is not null
                && IsTrusted(tls, certificate, presented),
            _ => false,
        };
        return trusted && (tls.AllowedNames.IsEmpty || (certificate is not null && HasAllowedName(tls, certificate)));
    }

    private static bool HasAllowedName(ServerTls tls, X509Certificate2 certificate) =>
        SubjectAlternativeNames.Read(certificate).Any(tls.AllowedNames.Contains);

    /// <summary>Whether the certificate leads to one of the configured authorities, or of the system's if none are
    /// configured.</summary>
    private static bool IsTrusted(ServerTls tls, X509Certificate2 certificate, X509Chain? presented)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        if (presented is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(presented.ChainPolicy.ExtraStore);
        }
        if (tls.ClientAuthorities.Count == 0)
        {
            return chain.Build(certificate);
        }
        // As in Go, every certificate of the file is an authority, also an intermediate one: .NET would trust only
        // roots. So the chain may end anywhere, but it must be valid otherwise, and contain a certificate of the file.
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(tls.ClientAuthorities);
        chain.ChainPolicy.ExtraStore.AddRange(tls.ClientAuthorities);
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        return chain.Build(certificate)
            && chain.ChainElements.Any(element => tls.ClientAuthorities.Any(of => IsSame(of, element.Certificate)));
        ;
    }

    /// <summary>Compares every byte; Equals compares only issuer and serial number.</summary>
    private static bool IsSame(X509Certificate2 one, X509Certificate2 other) =>
        one.RawDataMemory.Span.SequenceEqual(other.RawDataMemory.Span);
}
