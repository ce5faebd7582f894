using TeeChain.Protocol.Hop;
using TeeProxy.Chain;

namespace TeeProxy.Acks;

/// <summary>Up to which sequence the ack level is reached, as the rows tell. Pure.</summary>
internal static class CountingRule
{
    /// <summary>Nobody has to be waited for.</summary>
    public const long Everything = long.MaxValue;

    /// <param name="HasNext">Whether a successor is configured.</param>
    /// <param name="Known">Every node that counts, whether its row is here or not: only an operator takes one away.</param>
    /// <param name="Rows">Of one ack, nearest first; none while no stream stands.</param>
    internal sealed record Facts(AckLevel Level, bool HasNext, IReadOnlyList<KnownNode> Known, IReadOnlyList<RowTable.Row> Rows)
    {
        /// <summary>Of the known, those that nothing may rest on yet: not everybody was told of them.</summary>
        public IReadOnlyList<Guid> Announced { get; init; } = [];

        /// <summary>The nodes that an operator took away; their rows may still come.</summary>
        public IReadOnlyList<Guid> Removed { get; init; } = [];
    }

    /// <summary><see cref="Everything"/>, or the last sequence that is known to be where it must be; 0 when none is.</summary>
    public static long Reached(Facts facts) => facts switch
    {
        { Level: AckLevel.Local } => Everything,
        { HasNext: false, Known.Count: 0 } => Everything,
        { Rows: [] } => 0,
        { Level: AckLevel.Next } => facts.Rows.Where(row => MayRestOn(facts, row)).Select(static row => row.Ack.Durable).DefaultIfEmpty(0).Max(),
        _ => Applied(facts),
    };

    /// <summary>Why the level is not reached at <paramref name="sequence"/>, for that write's client and operator.</summary>
    public static string Explain(Facts facts, long sequence) => $"--ack {facts.Level.ToString().ToLowerInvariant()}: {WhyNot(facts, sequence)}.";

    /// <summary>The same without the level's name.</summary>
    public static string WhyNot(Facts facts, long sequence) => string.Join("; ", Reasons(facts, sequence)) is { Length: > 0 } why ? why : "it has been reached just now";

    /// <summary>
    /// A row that is not whole may have nodes behind it of which nobody here knows. A parked write lies below its node's
    /// applied sequence without being applied, and its own sequence is not known here.
    /// </summary>
    private static long Applied(Facts facts)
    {
        var counted = facts.Rows.Where(row => Counts(facts, row)).Select(row => row.Ack);
        return IsWhole(facts) && Missing(facts).FirstOrDefault() is null && !counted.Any(IsParked)
            ? counted.Select(ack => ack.Applied).DefaultIfEmpty(0).Min()
            : 0;
    }

    private static IEnumerable<string> Reasons(Facts facts, long sequence)
    {
        if (facts.Rows is [])
        {
            return [facts.HasNext ? "the next node is not connected" : "nodes of this chain are known and no --next leads to them", .. MissingByName(facts)];
        }

        if (facts.Level == AckLevel.Next)
        {
            return Reached(facts) >= sequence ? [] : facts.Rows.Select(row => MayRestOn(facts, row)
                ? $"node {Name(facts, row)} has {row.Ack.Durable} on its disk"
                : $"node {Name(facts, row)} does not count yet");
        }

        return
        [
            .. MissingByName(facts),
            .. IsWhole(facts) ? [] : facts.Rows.Where(row => !row.Ack.State.HasFlag(AckState.Whole)).TakeLast(1).Select(row => $"node {Name(facts, row)} does not reach the next"),
            .. facts.Rows.Where(row => Counts(facts, row) && IsParked(row.Ack)).Select(row => $"node {Name(facts, row)} holds a parked write"),
            .. facts.Rows.Where(row => Counts(facts, row) && row.Ack.Applied < sequence).Select(row => $"the application of node {Name(facts, row)} is at {row.Ack.Applied}"),
        ];
    }

    /// <summary>Whoever is promoted asks only for those of whom it was told.</summary>
    private static bool MayRestOn(Facts facts, RowTable.Row row) =>
        facts.Known.Any(known => known.Node == row.Ack.Node) && !facts.Announced.Contains(row.Ack.Node);

    private static bool IsWhole(Facts facts) => facts.Rows[0].Ack.State.HasFlag(AckState.Whole);

    private static bool IsParked(AckRow ack) => ack.State.HasFlag(AckState.Parked);

    /// <summary>A node that joins does not count until it is known, one that was removed not any more.</summary>
    private static bool Counts(Facts facts, RowTable.Row row) =>
        facts.Known.Any(known => known.Node == row.Ack.Node) || !(row.Ack.State.HasFlag(AckState.Joining) || facts.Removed.Contains(row.Ack.Node));

    private static IEnumerable<KnownNode> Missing(Facts facts) => facts.Known.Where(known => facts.Rows.All(row => row.Ack.Node != known.Node));

    private static IEnumerable<string> MissingByName(Facts facts) => Missing(facts).Select(known => $"node {known.Address} is missing");

    private static string Name(Facts facts, RowTable.Row row) =>
        facts.Known.FirstOrDefault(known => known.Node == row.Ack.Node)?.Address ?? row.Detail?.Address ?? row.Ack.Node.ToString();
}
