using TeeChain.Protocol.Status;

namespace TeeProxy.Chain;

/// <summary>Who may send this node what: the three answers of <c>/readyz</c>. Pure.</summary>
internal static class ReadinessRule
{
    /// <summary>What the answers follow from.</summary>
    internal sealed record Facts
    {
        public required Standing Standing { get; init; }

        /// <summary>Why the application is down; null when it answers.</summary>
        public required string? ApplicationDown { get; init; }

        /// <summary>Why the journal takes nothing; null when it does.</summary>
        public required string? JournalFault { get; init; }

        public required bool IsDraining { get; init; }

        public required int Parked { get; init; }

        /// <summary>Why the successor refuses this node; null when it does not, or has not been asked.</summary>
        public required string? SuccessorRefusal { get; init; }

        /// <summary>Whether the fleet has a chain, for a node that is in none.</summary>
        public FleetChain Fleet { get; init; }

        public required TimeSpan SinceHeartbeat { get; init; }

        public required TimeSpan Lease { get; init; }

        public required long Applied { get; init; }

        /// <summary>The head's last sequence, as known here <see cref="MaxLag"/> ago; null when the head has not been followed for so long.</summary>
        public required long? HeadSequenceThen { get; init; }

        /// <summary>The own journal's last sequence <see cref="MaxLag"/> ago; null when this run is younger.</summary>
        public required long? OwnSequenceThen { get; init; }

        public required TimeSpan MaxLag { get; init; }
    }

    public static ReadyStatus Judge(Facts facts) => new(Answer(NotForWrites(facts)), Answer(NotForReads(facts)), Answer(NotEvenStale(facts)));

    private static string? NotForWrites(Facts facts)
    {
        var standing = facts.Standing;
        return NotServing(facts)
            ?? facts.JournalFault
            ?? standing.Membership.Role switch
            {
                Role.Replica => $"this node is a replica{(standing.Membership.HeadAddress is { } head ? $"; the head is {head}" : "")}",
                Role.Head when standing.MayTakeWrites => null,
                Role.Head when !standing.Membership.IsFounding => "a restarted head waits until another node has confirmed its epoch",
                _ => standing.IsReached ? null : "the successor has not accepted this node yet; that contact is needed once in a chain's life",
            };
    }

    private static string? NotForReads(Facts facts)
    {
        if ((NotServing(facts) ?? Outside(facts)) is { } why)
        {
            return why;
        }

        if (facts.Parked > 0)
        {
            return $"{facts.Parked} parked write(s) wait for an operator";
        }

        var membership = facts.Standing.Membership;
        if (membership.OrphansFrom is { } orphan)
        {
            return $"this node's records from {orphan} on are held by nobody else; seed it anew";
        }

        if (membership.IsJoining)
        {
            return "this node is new to the chain and is still being brought up to date";
        }

        if (membership.Chain is null || membership.IsFounding)
        {
            // Before a chain is founded there is nothing to be in step with. But a node whose folder was lost looks the
            // same, so it waits for as long as a chain that knows it would need to say so.
            return facts.SuccessorRefusal ?? Behind(facts, facts.HeadSequenceThen, "the head was");
        }

        if (membership.Role == Role.Replica && facts.SinceHeartbeat > facts.Lease)
        {
            return "no heartbeat of the head: this node cannot know whether it is in step";
        }

        if (membership.Role == Role.Replica && !membership.IsListed)
        {
            return "the head does not count this node yet";
        }

        return Behind(facts, facts.HeadSequenceThen, "the head was");
    }

    private static string? NotEvenStale(Facts facts) =>
        NotServing(facts)
        ?? Outside(facts)
        ?? (facts.Standing.Membership.Chain is null ? null : Behind(facts, facts.OwnSequenceThen, "this node's journal was"));

    private static string? Behind(Facts facts, long? then, string who) => then switch
    {
        null => $"this node has not watched the chain for {facts.MaxLag.TotalSeconds:0.###} s yet",
        { } sequence when facts.Applied < sequence =>
            $"the application is at {facts.Applied}; {facts.MaxLag.TotalSeconds:0.###} s ago {who} already at {sequence}",
        _ => null,
    };

    /// <summary>A node that is in no chain has nothing of what the fleet's chain wrote.</summary>
    private static string? Outside(Facts facts) => facts.Standing.Membership.Chain is not null ? null : facts.Fleet switch
    {
        FleetChain.Unknown => "this node is in no chain, and the registry has not said yet whether there is one",
        FleetChain.Founded => "this node is not in the fleet's chain yet",
        _ => null,
    };

    private static string? NotServing(Facts facts) =>
        facts.IsDraining ? "draining" : facts.ApplicationDown is { } why ? $"the application is down: {why}" : null;

    private static Readiness Answer(string? why) => why is null ? Readiness.Yes : Readiness.No(why);
}
