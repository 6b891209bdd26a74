using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>Edits some answers of the members, to produce what a simulated cluster does not do by itself.</summary>
internal sealed class EditedMembers(HttpMessageHandler members, List<AnswerEdit> edits) : DelegatingHandler(members)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        var answer = await base.SendAsync(request, ct);
        var member = request.RequestUri!.Authority;
        var path = request.RequestUri.AbsolutePath;
        foreach (
            var edit in edits
                .Where(edit =>
                    path.StartsWith(edit.Path, StringComparison.Ordinal)
                    && (edit.Member is null || edit.Member == member)
                )
                .ToList()
        )
        {
            if (edit.Status is { } status)
            {
                answer.StatusCode = status;
                continue;
            }
            var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(ct))!;
            edit.Change(body);
            answer.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToJsonString()));
        }
        return answer;
    }
}

/// <param name="Member">host:port; null for every member.</param>
/// <param name="Path">Prefix of the path.</param>
/// <param name="Status">Replaces the status of the answer; null to change the body.</param>
internal sealed record AnswerEdit(string? Member, string Path, Action<JsonNode> Change, HttpStatusCode? Status = null);
