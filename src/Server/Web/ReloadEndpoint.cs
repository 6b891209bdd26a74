using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web;

/// <summary>POST /-/reload, as Prometheus has it: 403 unless it is enabled, 405 for what only reads.</summary>
/// <param name="reload">Whether all was good.</param>
internal sealed class ReloadEndpoint(bool enabled, Func<Task<bool>> reload)
{
    public async Task ServeAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method) && !HttpMethods.IsPut(context.Request.Method))
        {
            context.Response.Headers.Allow = "POST, PUT";
            await PlainText.WriteAsync(
                context,
                StatusCodes.Status405MethodNotAllowed,
                "a reload is asked for with POST or PUT\n"
            );
        }
        else if (!enabled)
        {
            await PlainText.WriteAsync(
                context,
                StatusCodes.Status403Forbidden,
                "reloading by a request is not enabled; serve with --web.enable-lifecycle, or send SIGHUP\n"
            );
        }
        else if (await reload())
        {
            await PlainText.WriteAsync(context, StatusCodes.Status200OK, "");
        }
        else
        {
            await PlainText.WriteAsync(
                context,
                StatusCodes.Status500InternalServerError,
                "not reloaded, what was in force stays; the log says why, and --config.check does\n"
            );
        }
    }
}
