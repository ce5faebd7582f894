using SampleApp.Options;
using SampleApp.Users;

namespace SampleApp.Web;

/// <summary><c>GET /login</c>, <c>GET /</c> and <c>GET /api/v1/hello</c>: what a balancer sends to one node in turn.</summary>
internal sealed class ReadEndpoints(UserStore users, Settings settings, Random random)
{
    private static readonly Answer NoUserNamed = Answer.Text(StatusCodes.Status400BadRequest, "user is missing");
    private static readonly Answer NoSuchUser = Answer.Text(StatusCodes.Status404NotFound, "there is no such user");
    private static readonly Answer WrongPassword = Answer.Text(StatusCodes.Status401Unauthorized, "the password is wrong");
    private static readonly Answer Failure = Answer.Text(StatusCodes.Status500InternalServerError, "failed at the failure rate");

    private readonly Answer _greeting = Answer.Text(StatusCodes.Status200OK, $"Hi there, I'm served from {settings.Name}!");
    private readonly Answer _hello = Answer.Of(
        StatusCodes.Status200OK, new HelloBody($"hello from {settings.Name}"), AnswerJson.Plain.HelloBody);

    private long _count;

    public ValueTask<Answer> Login(HttpContext context)
    {
        var query = context.Request.Query;
        if ((string?)query["user"] is not { Length: > 0 } name)
        {
            return new(NoUserNamed);
        }

        if (users.Find(name) is not { } user)
        {
            return new(NoSuchUser);
        }

        return (string?)query["password"] is { } password && !user.Password.Matches(password)
            ? new(WrongPassword)
            : new(Answer.Of(StatusCodes.Status200OK, new UserBody(user.Name, user.Version), AnswerJson.Plain.UserBody));
    }

    public ValueTask<Answer> Greet(HttpContext context) => new(settings.Reply == ReplyKind.Hello
        ? _greeting
        : Answer.Text(StatusCodes.Status200OK, $"Server: '{settings.Name}', Request count: '{Interlocked.Increment(ref _count)}'"));

    public ValueTask<Answer> Hello(HttpContext context) =>
        new(random.NextDouble() * 100 < settings.FailureRate ? Failure : _hello);
}
