using TeeChain.Fleet.Nodes;
using TeeChain.Fleet.Registry;
using TeeChain.Fleet.Statistics;
using TeeChain.Protocol.Status;

namespace TeeChain.Fleet.Status;

/// <summary>A node as operators see it in a table: what it says of itself, and what was counted of it. Null is not known.</summary>
internal sealed record FleetRow
{
    public required string Name { get; init; }

    public required string Admin { get; init; }

    /// <summary>Whether the node answers.</summary>
    public bool IsUp { get; init; }

    /// <summary><c>head</c>, <c>replica</c>, <c>undecided</c>, or <c>down</c>.</summary>
    public required string Role { get; init; }

    public long? Epoch { get; init; }

    /// <summary>The last record.</summary>
    public long? Sequence { get; init; }

    public long? Applied { get; init; }

    /// <summary>Records that the head has, as far as the node knows, and its application has not.</summary>
    public long? Lag { get; init; }

    public int? Parked { get; init; }

    public long? Divergences { get; init; }

    public bool TakesWrites { get; init; }

    public bool TakesReads { get; init; }

    public long? Requests { get; init; }

    public long? Failures { get; init; }

    public double? AverageMilliseconds { get; init; }

    /// <summary>What an operator should know: why it is down or not ready, what it complains of.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether nothing has to be done about it.</summary>
    public bool IsFine { get; init; }

    /// <param name="counts">Null where nobody counts.</param>
    public static FleetRow From(NodeTarget node, Reply<NodeStatus> reply, WorkerCounts? counts) => reply.Value is { } status
        ? new FleetRow
        {
            Name = node.Name,
            Admin = node.Admin,
            IsUp = true,
            Role = status.Role,
            Epoch = status.Epoch,
            Sequence = status.LastSequence,
            Applied = status.AppliedSequence,
            Lag = status.LagEntries,
            Parked = status.Parked,
            Divergences = status.Divergences,
            TakesWrites = status.Ready.Write.Ok,
            TakesReads = status.Ready.Read.Ok,
            Requests = counts?.Total,
            Failures = counts?.Failures,
            AverageMilliseconds = counts?.AverageMilliseconds,
            Notes = [.. NotesOf(node, status)],
            IsFine = status.Ready.Read.Ok && (status.Role != "head" || status.Ready.Write.Ok) && (node.State is null or WorkerState.Present),
        }
        : new FleetRow
        {
            Name = node.Name,
            Admin = node.Admin,
            Role = "down",
            Requests = counts?.Total,
            Failures = counts?.Failures,
            AverageMilliseconds = counts?.AverageMilliseconds,
            Notes = [reply.Why ?? "it does not answer"],
        };

    private static IEnumerable<string> NotesOf(NodeTarget node, NodeStatus status)
    {
        if (status.Ready.Read is { Ok: false, Why: var why })
        {
            yield return $"not ready for reads: {why}";
        }

        if (status is { Role: "head", Ready.Write: { Ok: false, Why: var whyNotWrite } })
        {
            yield return $"not ready for writes: {whyNotWrite}";
        }

        if (node.State is WorkerState.Draining or WorkerState.Away)
        {
            yield return $"the registry has it as {node.State.ToString()!.ToLowerInvariant()}";
        }

        if (status.Orphans is { } orphans)
        {
            yield return $"it alone holds records {orphans.From} to {orphans.Through}: see {orphans.File}";
        }

        if (status.Tls?.Problem is { } certificate)
        {
            yield return $"TLS: {certificate}";
        }

        foreach (var problem in status.Problems)
        {
            yield return $"{problem.Verdict}: {problem.Text}";
        }
    }
}

/// <summary>Whom to ask.</summary>
/// <param name="Name">In the fleet; its admin address where that is not known.</param>
/// <param name="Admin"><c>host:port</c>.</param>
/// <param name="State">What the registry says; null where none was asked.</param>
internal sealed record NodeTarget(string Name, string Admin, WorkerState? State);
