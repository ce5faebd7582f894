using System.Globalization;
using SampleApp.Applied;
using SampleApp.Options;
using SampleApp.Users;

namespace SampleApp.Web;

/// <summary><c>GET /state</c> and <c>GET /state/log</c>: lets people and tests compare replicas. Never delayed.</summary>
internal sealed class StateEndpoints(UserStore users, AppliedLog log, Settings settings)
{
    public const int MostEntries = 10_000;

    public ValueTask<Answer> State(HttpContext context)
    {
        var (copy, counts) = users.Snapshot();
        var body = new StateBody(settings.Name, copy.Length, counts.Applied, counts.Discarded, StateDigest.Of(copy));
        return new(Answer.Of(StatusCodes.Status200OK, body, AnswerJson.Plain.StateBody));
    }

    /// <summary><c>after</c> counts arrivals in the order in which they came; it is not a sequence.</summary>
    public ValueTask<Answer> Log(HttpContext context)
    {
        var after = 0L;
        var asked = context.Request.Query["after"];
        if (asked.Count > 0 && !long.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            return new(Answer.Text(StatusCodes.Status400BadRequest, "after must be a whole number from 0: how many arrivals to skip"));
        }

        var (first, arrivals) = log.Read(after, MostEntries);
        var applied = new List<AppliedEntry>(arrivals.Length);
        var discarded = new List<DiscardedEntry>();
        var index = first;
        foreach (var arrival in arrivals)
        {
            var kind = arrival.Kind == ChangeKind.Register ? "register" : "changePassword";
            if (arrival is { IsDiscarded: true, Delivery: { } repeated })
            {
                discarded.Add(new DiscardedEntry(index, repeated.Sequence, repeated.Chain, arrival.User, kind, arrival.IsRedelivery));
            }
            else
            {
                applied.Add(new AppliedEntry(
                    index, arrival.Delivery?.Sequence, arrival.Delivery?.Chain, arrival.User, kind, arrival.Outcome.Status,
                    arrival.Outcome.Version, arrival.IsRedelivery));
            }

            index++;
        }

        return new(Answer.Of(StatusCodes.Status200OK, new LogBody(applied, discarded, first, index - 1), AnswerJson.Plain.LogBody));
    }
}
