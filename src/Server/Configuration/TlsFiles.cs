using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Clustermgr.Configuration;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Configuration;

/// <summary>Checks the PEM files when the configuration is read, so that a wrong one is an error with its line instead
/// of a failed handshake later.</summary>
internal static class TlsFiles
{
    private const int MaxBytes = 1 << 20;

    /// <summary>Each message follows the name of the setting that <c>Key</c> names as in the file.</summary>
    public static IEnumerable<(string Key, string Message, bool IsError)> Check(TlsConfig tls)
    {
        var badCa = tls.CaFile is null ? "" : CheckCertificates(tls.CaFile);
        if (badCa.Length > 0)
        {
            yield return ("ca_file", badCa, true);
        }
        var badCert = tls.CertFile is null ? "" : CheckCertificates(tls.CertFile);
        if (badCert.Length > 0)
        {
            yield return ("cert_file", badCert, true);
        }
        if (tls.CertFile is not null && tls.KeyFile is null)
        {
            yield return ("cert_file", "stands alone; add the key_file that belongs to it", true);
        }
        if (tls.KeyFile is null)
        {
            yield break;
        }
        if (tls.CertFile is null)
        {
            yield return ("key_file", "stands alone; add the cert_file that belongs to it", true);
        }
        var badKey = CheckKey(tls.KeyFile, badCert.Length > 0 ? null : tls.CertFile, out var warning);
        if (badKey.Length > 0)
        {
            yield return ("key_file", badKey, true);
        }
        if (warning.Length > 0)
        {
            yield return ("key_file", warning, false);
        }
    }

    /// <summary>A digest of the contents of all files; an unreadable file counts as empty.</summary>
    public static string ComputeDigest(TlsConfig tls)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in new[] { tls.CaFile, tls.CertFile, tls.KeyFile })
        {
            var text = path is null ? "" : FileText.Read(path, MaxBytes).Text ?? "";
            // Each file has its own digest, so that bytes moved from the end of one file to the next are noticed.
            digest.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        }
        return Convert.ToHexString(digest.GetHashAndReset());
    }

    private static string CheckCertificates(string path)
    {
        var file = FileText.Read(path, MaxBytes);
        if (file.Text is null)
        {
            return $"{Quoted.From(path)}: {file.Problem}; name a PEM file of certificates";
        }
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(file.Text);
            return certificates.Count > 0 ? "" : NotPem(path, "CERTIFICATE");
        }
        catch (CryptographicException)
        {
            return NotPem(path, "CERTIFICATE");
        }
        finally
        {
            foreach (var certificate in certificates)
            {
                certificate.Dispose();
            }
        }
    }

    private static string CheckKey(string keyPath, string? certPath, out string warning)
    {
        warning = "";
        var key = FileText.Read(keyPath, MaxBytes);
        if (key.Text is null)
        {
            return $"{Quoted.From(keyPath)}: {key.Problem}; name the PEM file of the private key";
        }
        if (key.Text.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            return $"{Quoted.From(keyPath)} is encrypted, and its password cannot be entered; store it decrypted";
        }
        if (!key.Text.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            return NotPem(keyPath, "PRIVATE KEY");
        }
        if (key.IsWorldReadable)
        {
            warning = $"{Quoted.From(keyPath)} can be read by every user; chmod 0400 it";
        }
        return certPath is null ? "" : CheckPair(keyPath, key.Text, certPath);
    }

    private static string CheckPair(string keyPath, string key, string certPath)
    {
        try
        {
            using var pair = X509Certificate2.CreateFromPem(FileText.Read(certPath, MaxBytes).Text, key);
            return "";
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return $"{Quoted.From(keyPath)} is not the key of {Quoted.From(certPath)}; "
                + "name the two that belong together";
        }
    }

    private static string NotPem(string path, string block) =>
        $"{Quoted.From(path)} is not PEM; it must hold -----BEGIN {block}-----";
}
