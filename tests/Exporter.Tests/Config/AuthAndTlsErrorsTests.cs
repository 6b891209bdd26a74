using Xunit;

namespace ClustermgrExporter.Tests.Config;

public sealed class AuthAndTlsErrorsTests(ConfigFolder folder) : IClassFixture<ConfigFolder>
{
    private const string NotHere =
        "is refused: a secret does not belong in this file, where many can read it; put "
        + "it "
        + "into a file or an environment variable and name that by secret_file or secret_env";

    [Theory]
    [InlineData("auth: { secret: hunter2-0123456789 }", "4: clusters[0].auth.secret " + NotHere)]
    [InlineData("auth:\n    token: hunter2-0123456789", "5: clusters[0].auth.token " + NotHere)]
    [InlineData("auth: hunter2-0123456789", "4: clusters[0].auth must be a mapping (key: value), not a single value")]
    [InlineData("auth: [hunter2-0123456789]", "4: clusters[0].auth must be a mapping (key: value), not a list")]
    [InlineData(
        "auth: { hunter2-0123456789 }",
        "4: unknown key under clusters[0].auth; known: secret_file, secret_env"
    )]
    [InlineData("auth: {}", "4: clusters[0].auth is empty; name the secret by secret_file or secret_env")]
    [InlineData("auth:", "4: clusters[0].auth has no value; give it one or remove the key")]
    [InlineData(
        "auth: { secret_fiel: x }",
        "4: unknown key \"secret_fiel\" under clusters[0].auth; did you mean \"secret_file\"?"
    )]
    [InlineData(
        "auth: { secret_file: secret, secret_env: CM_SECRET }",
        "4: clusters[0].auth.secret_file and clusters[0].auth.secret_env are both given; keep one"
    )]
    [InlineData(
        "auth: { secret_file: absent }",
        "4: clusters[0].auth.secret_file \"FOLDER/absent\": no such file; " + "name a file that holds the secret alone"
    )]
    [InlineData(
        "auth: { secret_file: no/such/folder }",
        "4: clusters[0].auth.secret_file \"FOLDER/no/such/folder\": "
            + "no such file; name a file that holds the secret alone"
    )]
    [InlineData(
        "auth: { secret_file: folder }",
        "4: clusters[0].auth.secret_file \"FOLDER/folder\": is a directory, "
            + "not a file; name a file that holds the secret alone"
    )]
    [InlineData(
        "auth: { secret_file: secret-binary }",
        "4: clusters[0].auth.secret_file \"FOLDER/secret-binary\": "
            + "is not UTF-8 text; save it as UTF-8; name a file that holds the secret alone"
    )]
    [InlineData(
        "auth: { secret_file: secret-huge }",
        "4: clusters[0].auth.secret_file \"FOLDER/secret-huge\": "
            + "is larger than 16 KiB; name a file that holds the secret alone"
    )]
    [InlineData(
        "auth: { secret_file: secret-empty }",
        "4: clusters[0].auth.secret_file \"FOLDER/secret-empty\" " + "is empty; put the secret there"
    )]
    [InlineData(
        "auth: { secret_file: secret-two-lines }",
        "4: clusters[0].auth.secret_file \"FOLDER/secret-two-lines\" "
            + "holds more than one line of text; put the secret there alone"
    )]
    [InlineData(
        "auth: { secret_file: [secret] }",
        "4: clusters[0].auth.secret_file must be a single value, not a list"
    )]
    [InlineData(
        "auth: { secret_env: CM_ABSENT }",
        "4: clusters[0].auth.secret_env: the environment variable CM_ABSENT "
            + "is not set; set it to the secret, or name a file instead"
    )]
    [InlineData(
        "auth: { secret_env: CM_EMPTY }",
        "4: clusters[0].auth.secret_env: the environment variable CM_EMPTY " + "is empty; put the secret there"
    )]
    [InlineData(
        "auth: { secret_env: lower_secret }",
        "4: clusters[0].auth.secret_env: the environment variable it names " + "is empty; put the secret there"
    )]
    [InlineData(
        "auth: { secret_env: hunter2-0123456789 }",
        "4: clusters[0].auth.secret_env: the environment variable it "
            + "names is not set; set it to the secret, or name a file instead"
    )]
    [InlineData(
        "tls: { ca: x }",
        "4: unknown key \"ca\" under clusters[0].tls; known: ca_file, cert_file, key_file, server_name, "
            + "insecure_skip_verify"
    )]
    [InlineData(
        "tls: { ca_file: absent.pem }",
        "4: clusters[0].tls.ca_file \"FOLDER/absent.pem\": no such file; name a PEM file of certificates"
    )]
    [InlineData(
        "tls: { ca_file: not.pem }",
        "4: clusters[0].tls.ca_file \"FOLDER/not.pem\" is not PEM; it must hold -----BEGIN CERTIFICATE-----"
    )]
    [InlineData(
        "tls: { ca_file: broken.pem }",
        "4: clusters[0].tls.ca_file \"FOLDER/broken.pem\" is not PEM; it must hold -----BEGIN CERTIFICATE-----"
    )]
    [InlineData(
        "tls: { ca_file: client.key }",
        "4: clusters[0].tls.ca_file \"FOLDER/client.key\" is not PEM; it must hold -----BEGIN CERTIFICATE-----"
    )]
    [InlineData(
        "tls: { cert_file: client.pem }",
        "4: clusters[0].tls.cert_file stands alone; add the key_file that belongs to it"
    )]
    [InlineData(
        "tls: { key_file: client.key }",
        "4: clusters[0].tls.key_file stands alone; add the cert_file that belongs to it"
    )]
    [InlineData(
        "tls: { cert_file: client.pem, key_file: other.key }",
        "4: clusters[0].tls.key_file \"FOLDER/other.key\" is not the key of \"FOLDER/client.pem\"; "
            + "name the two that belong together"
    )]
    [InlineData(
        "tls: { cert_file: client.pem, key_file: encrypted.key }",
        "4: clusters[0].tls.key_file \"FOLDER/encrypted.key\" is encrypted, and its password cannot be entered; "
            + "store it decrypted"
    )]
    [InlineData(
        "tls: { cert_file: client.pem, key_file: not.pem }",
        "4: clusters[0].tls.key_file \"FOLDER/not.pem\" is not PEM; it must hold -----BEGIN PRIVATE KEY-----"
    )]
    [InlineData(
        "tls:\n    cert_file: not.pem\n    key_file: absent.key",
        "5: clusters[0].tls.cert_file \"FOLDER/not.pem\" is not PEM; it must hold -----BEGIN CERTIFICATE-----",
        "6: clusters[0].tls.key_file \"FOLDER/absent.key\": no such file; name the PEM file of the private key"
    )]
    [InlineData(
        "tls: { server_name: \"a b\" }",
        "4: clusters[0].tls.server_name \"a b\" is not a host name; write the one in the certificate"
    )]
    [InlineData(
        "tls: { insecure_skip_verify: yes }",
        "4: clusters[0].tls.insecure_skip_verify is \"yes\"; write true or false"
    )]
    public void IsRefusedWithItsLineAndWithoutTheSecret(string settings, params string[] errors)
    {
        var found = folder.ErrorsOf($"clusters:\n- name: a\n  members: [https://h:9998]\n  {settings}\n");
        Assert.Equal(errors, found);
        Assert.DoesNotContain(found, error => error.Contains(ConfigFolder.SecretText, StringComparison.Ordinal));
    }

    [Fact]
    public void AFileThatMayNotBeReadSaysSo()
    {
        // Root can read every file.
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "runs as root");
        folder.Write("locked", ConfigFolder.SecretText, 0);
        Assert.Equal(
            [
                "1: clusters[0].auth.secret_file \"FOLDER/locked\": permission denied; name a file that holds the "
                    + "secret alone",
            ],
            folder.ErrorsOf("clusters: [{ name: a, members: [http://h:9998], auth: { secret_file: locked } }]")
        );
    }
}
