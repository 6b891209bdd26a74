using System.Buffers;
using System.Text.Json;
using ClustermgrExporter.Documents;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web.Api;

/// <summary>One answer of the API.</summary>
internal static class ApiDocument
{
    /// <summary>Nobody keeps it: a client that has the tag sends it by itself.</summary>
    public static Content Create(Action<Utf8JsonWriter> fields, int status = StatusCodes.Status200OK)
    {
        var bytes = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }
        return new Content("application/json; charset=utf-8", bytes.WrittenSpan.ToArray())
        {
            Status = status,
            CacheControl = "no-store",
        };
    }
}

/// <summary>What was wrong with a request, in a sentence with the next step.</summary>
internal static class ApiError
{
    public static Task WriteAsync(HttpContext context, int status, string sentence) =>
        ApiDocument.Create(json => json.Text("error", sentence), status).WriteAsync(context);
}
