using System.Globalization;

namespace SampleApp.Web;

/// <summary>The faces of <see cref="Interference"/>, there only with <c>--test-controls</c>. Each answers all that is set.</summary>
internal sealed class TestEndpoints(Interference interference)
{
    public const string Before = "before";
    public const string After = "after";
    private const int LongestHangMilliseconds = 600_000;

    public ValueTask<Answer> Show(HttpContext context) =>
        new(Answer.Of(StatusCodes.Status200OK, interference.Controls, AnswerJson.Plain.ControlsBody));

    public ValueTask<Answer> FailWrites(HttpContext context) => Set(context, "status", IsStatus, interference.FailWrites);

    public ValueTask<Answer> MutateAnswers(HttpContext context) => Set(context, "status", IsStatus, interference.MutateAnswers);

    public ValueTask<Answer> MutateBodies(HttpContext context) => Set(context, "token", static value => value >= 0, interference.MutateBodies);

    public ValueTask<Answer> Hang(HttpContext context)
    {
        var at = (string?)context.Request.Query["at"] ?? Before;
        return at is Before or After
            ? Set(context, "ms", value => value is >= 0 and <= LongestHangMilliseconds, control => interference.Hang(control with { At = at }))
            : new(Answer.Text(StatusCodes.Status400BadRequest, "at may be before or after"));
    }

    private ValueTask<Answer> Set(HttpContext context, string name, Predicate<int> isAllowed, Action<TestControl> set)
    {
        if (!int.TryParse(context.Request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var value) || !isAllowed(value))
        {
            return new(Answer.Text(
                StatusCodes.Status400BadRequest,
                $"status may be 0 (off) or 200 to 599, but not 204, 205 or 304; ms may be 0 (off) to {LongestHangMilliseconds}; token may be 0 (off) or more"));
        }

        set(value == 0 ? TestControl.Off : new TestControl(value, context.Request.Query["user"]));
        return Show(context);
    }

    // Answers with 204, 205 and 304 have no body, so they cannot stand in for one that has.
    private static bool IsStatus(int value) => value is 0 or (>= 200 and <= 599 and not (204 or 205 or 304));
}
