using System.Globalization;
using TeeChain.Protocol;
using TeeProxy.Delivery.Comparing;

namespace TeeProxy.Status;

/// <summary><c>/admin/answers/SEQUENCE</c>: a write and this node's answer to it. Takes the token on loopback too, see <see cref="AdminGuard"/>.</summary>
internal sealed class AnswerActions(AnswerArchive archive)
{
    public AdminAction Action => AdminAction.Read(HandleAsync);

    private Task HandleAsync(HttpContext context) => (context.Request.Path.Value ?? "").Split('/') is ["", "admin", "answers", var text]
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) && sequence > 0
            ? context.Response.WriteAsJsonAsync(
                archive.Of(sequence, hasBody: context.Request.Query.ContainsKey("body")), ProtocolJson.Default.AnswerReport, cancellationToken: context.RequestAborted)
            : PlainText.WriteAsync(context, 404, "There is: GET /admin/answers/SEQUENCE, with ?body the beginning of the write's body too.");
}
