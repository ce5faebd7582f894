using TeeChain.Protocol.Status;

namespace TeeChain.EndToEnd.Harness;

/// <summary>That two nodes do not get together is said on both sides: in <c>/status</c> and in the log.</summary>
internal static class Refusal
{
    /// <summary>Waits until it is.</summary>
    /// <param name="verdict">A name of the protocol's <c>Verdict</c>, or <c>Unauthorized</c>.</param>
    public static Task IsNamedAsync(TeeProxyNode predecessor, TeeProxyNode successor, string verdict, CancellationToken cancellation) =>
        Eventually.NothingWrongAsync(
            async () =>
            {
                var before = await predecessor.StatusAsync(cancellation);
                var behind = await successor.StatusAsync(cancellation);
                return before.Next is not { Connected: false } next || next.Verdict != verdict || string.IsNullOrEmpty(next.Why) ? $"next is {before.Next}"
                    : before.Problems.All(problem => problem.Verdict != verdict) ? $"{predecessor.Name} has the problems {string.Join(", ", before.Problems)}"
                    : behind.Problems.All(problem => problem.Verdict != verdict) ? $"{successor.Name} has the problems {string.Join(", ", behind.Problems)}"
                    : !predecessor.Log.Contains($"({verdict})", StringComparison.Ordinal) ? predecessor.Description
                    : !successor.Log.Contains($"({verdict})", StringComparison.Ordinal) ? successor.Description
                    : null;
            },
            $"{predecessor.Name} and {successor.Name} both name {verdict}", cancellation);

    /// <summary>Waits until what kept them apart is gone from the problems of both, and entries flow.</summary>
    public static Task IsOverAsync(TeeProxyNode predecessor, TeeProxyNode successor, CancellationToken cancellation) =>
        Eventually.NothingWrongAsync(
            async () =>
            {
                var before = await predecessor.StatusAsync(cancellation);
                var behind = await successor.StatusAsync(cancellation);
                var left = before.Problems.Where(problem => Concerns(problem, behind)).Concat(behind.Problems.Where(problem => Concerns(problem, before))).ToList();
                return before.Next is { Connected: true } && left.Count == 0 ? null : $"next is {before.Next}; problems are {string.Join(", ", left)}";
            },
            $"{predecessor.Name} and {successor.Name} are together", cancellation);

    // Of who does not get as far as an opening only the host is known.
    private static bool Concerns(Problem problem, NodeStatus peer) => problem.Peer == peer.Address || !problem.Peer.Contains(':', StringComparison.Ordinal);
}
