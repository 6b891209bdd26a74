using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ClustermgrExporter.Documents;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web.Api;

/// <summary>One answer of the API.</summary>
internal static class ApiDocument
{
    /// <summary>Creates an answer that must not be cached. A client that has the ETag sends it by itself.</summary>
    public static StaticResponse Create<T>(T document, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        new("application/json; charset=utf-8", JsonSerializer.SerializeToUtf8Bytes(document, type))
        {
            Status = status,
            CacheControl = "no-store",
        };
}

/// <summary>What was wrong with a request, in a sentence with the next step.</summary>
internal static class ApiError
{
    public static Task WriteAsync(HttpContext context, int status, string sentence) =>
        ApiDocument
            .Create(new ErrorDocument(sentence), ApiJsonContext.Default.ErrorDocument, status)
            .WriteAsync(context);
}
