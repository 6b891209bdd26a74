using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Clustermgr.Analysis;
using Clustermgr.Client;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace Clustermgr.Tests.Client;

/// <summary>TLS with certificates that the tests create.</summary>
public sealed partial class TlsTests : AskingTests
{
    private static readonly X509Certificate2 Authority = MakeAuthority("CN=The authority");
    private static readonly X509Certificate2 Stranger = MakeAuthority("CN=A stranger");

    [Fact]
    public async Task AMemberWhoseAuthorityIsTrustedIsHeard()
    {
        await using var server = Serve(Leaf("127.0.0.1"));
        Assert.Equal(Outcome.Ok, (await AskAsync(server, new TlsOptions([Authority], null, null, false))).Outcome);
    }

    [Fact]
    public async Task AnotherAuthorityIsTls()
    {
        await using var server = Serve(Leaf("127.0.0.1"));
        var answer = await AskAsync(server, new TlsOptions([Stranger], null, null, false));
        Is(
            Outcome.Tls,
            "TLS handshake failed: its certificate is not from a trusted authority; set tls.ca_file",
            answer
        );
        Is(
            Outcome.Tls,
            "TLS handshake failed: its certificate is not from a trusted authority; set tls.ca_file",
            await AskAsync(server, null)
        );
    }

    [Fact]
    public async Task AnotherNameIsTlsUnlessItIsTheExpectedOne()
    {
        await using var server = Serve(Leaf("member.example"));
        async Task<Outcome> Ask(X509Certificate2 root, string? name) =>
            (await AskAsync(server, new TlsOptions([root], null, name, false))).Outcome;
        Assert.Equal(Outcome.Tls, await Ask(Authority, null));
        Assert.Equal(Outcome.Tls, await Ask(Authority, "other.example"));
        Assert.Equal(Outcome.Tls, await Ask(Stranger, "member.example"));
        Assert.Equal(Outcome.Ok, await Ask(Authority, "member.example"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("other.example")]
    public async Task WhatIsWrongWithTheNameIsSaid(string? serverName)
    {
        await using var server = Serve(Leaf("member.example"));
        Is(
            Outcome.Tls,
            "TLS handshake failed: its certificate is for another name; set tls.server_name",
            await AskAsync(server, new TlsOptions([Authority], null, serverName, false))
        );
        Is(
            Outcome.Tls,
            "TLS handshake failed: its certificate is for another name, and not trusted; set tls.server_name and "
                + "tls.ca_file",
            await AskAsync(server, new TlsOptions([Stranger], null, serverName, false))
        );
    }

    [Fact]
    public async Task ACertificateThatHasExpiredIsSaidToHave()
    {
        await using var server = Serve(Leaf("127.0.0.1", days: -1));
        Is(
            Outcome.Tls,
            "TLS handshake failed: its certificate has expired or is not valid yet; renew it, or compare the clocks",
            await AskAsync(server, new TlsOptions([Authority], null, null, false))
        );
    }

    [Theory]
    [InlineData(null)]
    [InlineData("member.example")]
    public async Task APortThatDoesNotSpeakTlsIsSaidNotTo(string? serverName)
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.SendAsync("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
            await connection.HangAsync();
        });
        Is(
            Outcome.Tls,
            "TLS handshake failed: the port does not speak TLS; write http://",
            await AskAsync(server, new TlsOptions([Authority], null, serverName, false))
        );
    }

    [Fact]
    public async Task HttpToAPortThatSpeaksTlsIsSaidToBePerhapsThat()
    {
        await using var server = Serve(Leaf("127.0.0.1"));
        Is(
            Outcome.Refused,
            "connection closed before an answer; perhaps the port speaks TLS: write https://",
            await Bounded(Client(server.Url).GetStatAsync(Ct))
        );
    }

    [Fact]
    public async Task TheExpectedNameIsSentToTheServer()
    {
        string? asked = null;
        var leaf = Leaf("member.example");
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateSelectionCallback = (_, name) =>
            {
                asked = name;
                return leaf;
            },
        };
        await using var server = new RawServer(AnswerAsync, stream => SecureAsync(stream, options));
        await AskAsync(server, new TlsOptions([Authority], null, "member.example", false));
        Assert.Equal("member.example", asked);
    }

    [Fact]
    public async Task AConnectionLeavesNothingInTheTrustOfTheNext()
    {
        var chain = SslStreamCertificateContext.Create(Leaf("127.0.0.1"), [Stranger, Authority], offline: true);
        await using var server = new RawServer(
            async connection =>
            {
                await connection.RequestAsync();
                await connection.SendAsync(RawServer.Response(200, SmallStat));
            },
            stream => SecureAsync(stream, new() { ServerCertificateContext = chain })
        );
        using var handler = ClustermgrTransport.Create(
            new TlsOptions([Authority], null, null, false),
            new NameResolver()
        );
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(Outcome.Ok, (await Bounded(Client(Secure(server), http: handler).GetStatAsync(Ct))).Outcome);
        }
        var policy = handler.SslOptions.CertificateChainPolicy!;
        Assert.Equal((0, 1), (policy.ExtraStore.Count, policy.CustomTrustStore.Count));
    }

    [Fact]
    public async Task WithoutVerificationAnyCertificateWillDo()
    {
        await using var server = Serve(Leaf("member.example"));
        Assert.Equal(Outcome.Ok, (await AskAsync(server, new TlsOptions(null, null, null, true))).Outcome);
        Assert.Equal(Outcome.Ok, (await AskAsync(server, new TlsOptions(null, null, "x.example", true))).Outcome);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("127.0.0.1")]
    public async Task AServerThatWantsAClientCertificateGetsOurs(string? serverName)
    {
        string? shown = null;
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificate = Leaf("127.0.0.1"),
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                (shown = certificate?.GetCertHashString()) is not null,
        };
        await using var server = new RawServer(AnswerAsync, stream => SecureAsync(stream, options));
        var ours = Leaf("exporter.example");
        var with = await AskAsync(server, new TlsOptions([Authority], ours, serverName, false));
        Assert.Equal(Outcome.Ok, with.Outcome);
        Assert.Equal(ours.GetCertHashString(), shown);

        shown = null;
        var without = await AskAsync(server, new TlsOptions([Authority], null, serverName, false));
        Assert.NotEqual(Outcome.Ok, without.Outcome);
    }

    [Fact]
    public async Task AServerWithoutTlsIsTls()
    {
        await using var server = new RawServer(connection => connection.SendAsync("HTTP/1.1 400 Bad\r\n\r\n"));
        Assert.Equal(Outcome.Tls, (await AskAsync(server, new TlsOptions(null, null, null, true))).Outcome);
    }

    [Fact]
    public async Task AServerThatHangsUpInTheHandshakeIsTls()
    {
        await using var server = new RawServer(_ => Task.CompletedTask);
        Assert.Equal(Outcome.Tls, (await AskAsync(server, new TlsOptions([Authority], null, null, false))).Outcome);
        Assert.Equal(Outcome.Tls, (await AskAsync(server, new TlsOptions([Authority], null, "a", false))).Outcome);
    }

    [Fact]
    public async Task AHandshakeThatHangsTimesOut()
    {
        var accepted = new TaskCompletionSource();
        await using var server = new RawServer(async connection =>
        {
            accepted.TrySetResult();
            await connection.HangAsync();
        });
        using var http = ClustermgrTransport.Create(new TlsOptions(null, null, null, true), new NameResolver());
        var asking = Client(Secure(server), http: http).GetStatAsync(Ct);
        await Bounded(accepted.Task);
        Clock.Advance(TimeSpan.FromSeconds(3));
        Is(Outcome.Timeout, "no answer within 3 s", await Bounded(asking));
    }

    [Fact]
    public async Task TheSameOptionsComeFromPemFiles()
    {
        using var folder = new TemporaryFolder();
        var ours = Leaf("exporter.example");
        var ca = folder.Write("ca.pem", Stranger.ExportCertificatePem() + "\n" + Authority.ExportCertificatePem());
        var cert = folder.Write("cert.pem", ours.ExportCertificatePem());
        var key = folder.Write("key.pem", ours.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        var tls = TlsOptions.Load(ca, cert, key, "member.example", false);
        Assert.Equal(2, tls.Roots?.Count);
        Assert.True(tls.ClientCertificate?.HasPrivateKey);

        await using var server = Serve(Leaf("member.example"));
        Assert.Equal(Outcome.Ok, (await AskAsync(server, tls)).Outcome);
    }

    [Fact]
    public void AFileThatCannotBeUsedIsNamed()
    {
        using var folder = new TemporaryFolder();
        var mud = folder.Write("mud.pem", "mud");
        var cert = folder.Write("cert.pem", Authority.ExportCertificatePem());
        var broken = folder.Write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Says($"ca_file {folder.Path}/none.pem cannot be used: ", $"{folder.Path}/none.pem", null, null);
        Says($"ca_file {mud} cannot be used: it holds no certificate; give a readable PEM file", mud, null, null);
        Says($"ca_file {broken} cannot be used: ", broken, null, null);
        Says($"cert_file {cert} cannot be used: with key_file {mud}: ", null, cert, mud);
        Says($"cert_file {folder.Path}/none.pem cannot be used: ", null, $"{folder.Path}/none.pem", mud);
        Says("cert_file and key_file go together: give both for a client certificate, or neither", null, cert, null);
        Says("cert_file and key_file go together: give both for a client certificate, or neither", null, null, mud);

        static void Says(string message, string? ca, string? cert, string? key) =>
            Assert.StartsWith(
                message,
                Assert.Throws<InvalidDataException>(() => TlsOptions.Load(ca, cert, key, null, false)).Message,
                StringComparison.Ordinal
            );
    }

    private static Uri Secure(RawServer server) => new($"https://127.0.0.1:{server.Port}");

    private async Task<Answer<StatReading>> AskAsync(RawServer server, TlsOptions? tls)
    {
        using var http = ClustermgrTransport.Create(tls, new NameResolver());
        return await Bounded(Client(Secure(server), http: http).GetStatAsync(Ct));
    }

    private static RawServer Serve(X509Certificate2 certificate) =>
        new(AnswerAsync, stream => SecureAsync(stream, new() { ServerCertificate = certificate }));

    private static async Task AnswerAsync(RawConnection connection)
    {
        while (await connection.RequestAsync() is not null)
        {
            await connection.SendAsync(RawServer.Response(200, SmallStat));
        }
    }

    private static async Task<Stream> SecureAsync(Stream stream, SslServerAuthenticationOptions options)
    {
        var secured = new SslStream(stream);
        await secured.AuthenticateAsServerAsync(options);
        return secured;
    }
}
