using ClustermgrExporter.Documents;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web.Api;

/// <summary>What was wrong with a request, in a sentence with the next step.</summary>
internal static class ApiError
{
    public static Task WriteAsync(HttpContext context, int status, string sentence) =>
        ApiDocument.Create(json => json.Text("error", sentence), status).WriteAsync(context);
}
