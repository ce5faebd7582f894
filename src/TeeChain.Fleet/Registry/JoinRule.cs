using TeeChain.Protocol.Status;

namespace TeeChain.Fleet.Registry;

/// <summary>How far a newcomer is. Pure.</summary>
internal static class JoinRule
{
    /// <summary>Refusals that pass by themselves: another stream, a head that is just replaced, a disk that is full.</summary>
    private static readonly HashSet<string> Passing = ["Accept", "Busy", "Unable", "Ahead", "Epoch", "Head"];

    private const string GapVerdict = "Gap";

    /// <summary>Who is seen to need records that are kept no more.</summary>
    public static Gap? GapOf(ChainOrderRule.Plan plan, ChainOrderRule.Seen newcomer) =>
        newcomer.Status is { } status && Refusals(plan, newcomer).FirstOrDefault(static next => next.Verdict == GapVerdict) is { } refusal
            ? new(status.NodeId, refusal.Why ?? "its predecessor no longer keeps what it needs")
            : null;

    public static JoinState Judge(ChainOrderRule.Plan plan, string name, ChainOrderRule.Seen? newcomer)
    {
        if (newcomer?.Status is not { } status)
        {
            return new(JoinStage.Waiting, $"the status of {name} cannot be read yet");
        }

        if (newcomer.MustBeSeeded)
        {
            return new(JoinStage.MustBeSeeded, newcomer.Seat.Gap!.Why);
        }

        if (Refusals(plan, newcomer).FirstOrDefault() is { } refusal)
        {
            return new(refusal.Verdict == GapVerdict ? JoinStage.MustBeSeeded : JoinStage.Refused, refusal.Why);
        }

        return plan.Chain is { } chain && status.Chain != chain ? new(JoinStage.Waiting, "it is not in the chain yet")
            : plan.Head is { } head && head.Status!.Nodes.All(node => node.Node != status.NodeId) ? new(JoinStage.Waiting, "it is being brought up to date and does not count yet")
            : plan.Chain is not null && plan.Head is null ? new(JoinStage.Waiting, "the chain's head cannot be asked")
            : status.Ready.Read.Ok ? new(JoinStage.Joined, null)
            : new(JoinStage.Waiting, status.Ready.Read.Why);
    }

    private static IEnumerable<NextStatus> Refusals(ChainOrderRule.Plan plan, ChainOrderRule.Seen newcomer) =>
        plan.Members.SelectMany(static seen => seen.Status!.Successors)
            .Where(next => next.Address == newcomer.Seat.Worker.Teeproxy && !next.Connected && next.Verdict is { } verdict && !Passing.Contains(verdict));
}

/// <param name="Why">Why it is not <see cref="JoinStage.Joined"/>.</param>
internal sealed record JoinState(JoinStage Stage, string? Why);

internal enum JoinStage
{
    /// <summary>On its way.</summary>
    Waiting,

    /// <summary>It has caught up, counts, and may be read from.</summary>
    Joined,

    /// <summary>Its predecessor no longer keeps what it needs: its application and its folder must be seeded.</summary>
    MustBeSeeded,

    /// <summary>The chain will not have it as it is.</summary>
    Refused,
}
