using SampleApp.Bodies;
using SampleApp.Users;

namespace SampleApp.Web;

/// <summary>
/// <c>POST /register</c> and <c>POST /changePassword</c>. The answer depends on the writes so far and nothing else
/// (no name, no clock), because the proxy compares the answers of all replicas.
/// </summary>
internal sealed class WriteEndpoints(UserStore users, Interference? interference, CancellationToken stopping)
{
    public ValueTask<Answer> RegisterAsync(HttpContext context) => ChangeAsync(context, ChangeKind.Register);

    public ValueTask<Answer> ChangePasswordAsync(HttpContext context) => ChangeAsync(context, ChangeKind.ChangePassword);

    private async ValueTask<Answer> ChangeAsync(HttpContext context, ChangeKind kind)
    {
        if (!DeliveryHeaders.TryRead(context.Request.Headers, out var delivery, out var isRedelivery))
        {
            return Answer.Text(
                StatusCodes.Status400BadRequest, "TeeChain-Sequence must be a whole number and TeeChain-Chain a GUID beside it");
        }

        var (credentials, refusal) = await CredentialsReader.ReadAsync(context.Request, context.RequestAborted);
        if (refusal is not null || credentials is not { User: { } user, Password: { } password })
        {
            return Answer.Text(refusal?.Status ?? StatusCodes.Status400BadRequest, refusal?.Text ?? "user or password is missing");
        }

        if (interference?.FailureFor(user) is > 0 and var failure)
        {
            return Answer.Text(failure, "failed on request of a test; nothing was applied");
        }

        await HangAsync(user, TestEndpoints.Before);
        var outcome = users.Apply(new Change(kind, user, PasswordHash.Of(user, password, delivery?.Sequence), delivery, isRedelivery));
        await HangAsync(user, TestEndpoints.After);

        var status = interference?.StatusFor(user, outcome.Status) ?? outcome.Status;
        return outcome.Status switch
        {
            StatusCodes.Status409Conflict => Answer.Text(status, "the user exists"),
            StatusCodes.Status404NotFound => Answer.Text(status, "there is no such user"),
            _ => Answer.Of(status, new UserBody(user, outcome.Version, interference?.TokenFor(user)), AnswerJson.Plain.UserBody),
        };
    }

    private Task HangAsync(string user, string at) => interference?.HangAsync(user, at, stopping) ?? Task.CompletedTask;
}
