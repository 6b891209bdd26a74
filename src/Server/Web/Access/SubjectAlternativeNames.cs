using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace ClustermgrExporter.Web.Access;

/// <summary>Reads the subject alternative names of a certificate (RFC 5280): DNS names, mail addresses, IP addresses
/// and URIs.</summary>
internal static class SubjectAlternativeNames
{
    private const string SubjectAlternativeName = "2.5.29.17";

    private const int Mail = 1,
        Dns = 2,
        Uri = 6,
        Ip = 7;

    /// <summary>Returns none if there is no such extension, or it cannot be read.</summary>
    public static IEnumerable<string> Read(X509Certificate2 certificate)
    {
        var names = new List<string>();
        if (certificate.Extensions.FirstOrDefault(one => one.Oid?.Value == SubjectAlternativeName) is not { } extension)
        {
            return names;
        }
        try
        {
            var sequence = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            while (sequence.HasData)
            {
                var tag = sequence.PeekTag();
                if (tag.TagClass == TagClass.ContextSpecific && tag.TagValue is Mail or Dns or Uri)
                {
                    names.Add(sequence.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                }
                else if (tag.TagClass == TagClass.ContextSpecific && tag.TagValue == Ip)
                {
                    names.Add(new IPAddress(sequence.ReadOctetString(tag)).ToString());
                }
                else
                {
                    sequence.ReadEncodedValue();
                }
            }
        }
        catch (Exception e) when (e is AsnContentException or ArgumentException)
        {
            return [];
        }
        return names;
    }
}
