using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web;

/// <summary>POST /-/reload, as in Prometheus: 403 unless it is enabled, 405 for methods other than POST and
/// PUT.</summary>
/// <param name="reload">Reloads, and returns whether everything was valid.</param>
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
                "request a reload with POST or PUT\n"
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
                "not reloaded, the previous configuration stays in force; see the log, or run --config.check\n"
            );
        }
    }
}
