using TeeChain.Fleet.Nodes;

namespace TeeChain.Fleet.Status;

/// <summary>
/// Whether all nodes hold and deliver the same. <c>/status?at=S</c> says what a journal and an application are at sequence S: the CRC
/// of the record there covers all records before it, the digest all that was delivered and answered. So equality at S is equality up
/// to S, and the first difference can be searched by halves. It only reads.
/// </summary>
/// <param name="patience">How long who is behind may take to get where the head was at the start.</param>
internal sealed class Verification(NodeClient nodes, TimeSpan patience, TimeProvider time)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    private enum Verdict
    {
        Same,
        Different,

        /// <summary>Not every node can tell, and those that can say the same.</summary>
        Unknown,
    }

    public async Task<VerificationResult> RunAsync(IReadOnlyList<NodeTarget> targets, CancellationToken cancellation)
    {
        var (applied, target, why) = await CatchUpAsync(targets, cancellation);
        if (why is not null)
        {
            return new VerificationResult(false, [], why);
        }

        var common = applied.Min();
        if (common == 0)
        {
            return target == 0
                ? new VerificationResult(true, [], $"All {targets.Count} nodes agree: nothing was written yet.")
                : new VerificationResult(false, [], $"{Slowest()} has applied nothing, and the head {target}.");
        }

        var said = await AskAsync(targets, common, cancellation);
        return Judge(said) switch
        {
            Verdict.Unknown => new VerificationResult(false, said, $"Not every node can tell its state at {common}, the last sequence that all have applied."),
            Verdict.Different => await BisectAsync(targets, common, cancellation),
            _ when common < target => new VerificationResult(false, said, $"They agree up to {common}, but {Slowest()} has not applied more, and the head {target}."),
            _ => new VerificationResult(true, said, $"All {targets.Count} nodes agree up to sequence {common}."),
        };

        string Slowest() => targets[applied.ToList().IndexOf(common)].Name;
    }

    /// <summary>What the head has applied by now, all must have applied soon.</summary>
    private async Task<(long[] Applied, long Target, string? Why)> CatchUpAsync(IReadOnlyList<NodeTarget> targets, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        long? target = null;
        while (true)
        {
            var replies = await Task.WhenAll(targets.Select(one => nodes.StatusAsync(one.Admin, cancellation)));
            if (targets.Zip(replies).FirstOrDefault(one => !one.Second.IsOk) is { First: { } silent, Second: var reply })
            {
                return ([], 0, $"{silent.Name} does not say what it has applied: {reply.Why}");
            }

            var applied = replies.Select(one => one.Value!.AppliedSequence).ToArray();
            target ??= replies.Select(one => one.Value!).FirstOrDefault(status => status.Role == "head")?.AppliedSequence ?? applied.Max();
            if (applied.Min() >= target || time.GetElapsedTime(began) >= patience)
            {
                return (applied, target.Value, null);
            }

            await Task.Delay(BetweenLooks, time, cancellation);
        }
    }

    /// <summary>They are the same at <c>low</c>, or there is nothing before it; they differ at <c>high</c>.</summary>
    private async Task<VerificationResult> BisectAsync(IReadOnlyList<NodeTarget> targets, long common, CancellationToken cancellation)
    {
        var (low, high, forgotten) = (0L, common, (long?)null);
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            switch (Judge(await AskAsync(targets, middle, cancellation)))
            {
                case Verdict.Different:
                    high = middle;
                    break;
                case Verdict.Unknown:
                    (low, forgotten) = (middle, middle); // What cannot be told any more counts as before the difference.
                    break;
                default:
                    low = middle;
                    break;
            }
        }

        return new VerificationResult(
            false,
            await AskAsync(targets, high, cancellation),
            forgotten == low ? $"They differ at {high} or earlier: not every node can tell its state at {low}." : $"They differ first at sequence {high}, and agree at {low}.");
    }

    private Task<NodeAt[]> AskAsync(IReadOnlyList<NodeTarget> targets, long sequence, CancellationToken cancellation) => Task.WhenAll(
        targets.Select(async target => await nodes.StatusAtAsync(target.Admin, sequence, cancellation) is { Value: { } at }
            ? new NodeAt(target.Name, sequence, at.RecordCrc, at.Available ? at.DeliveredDigest : null, at.Why)
            : new NodeAt(target.Name, sequence, null, null, "it does not answer")));

    private static Verdict Judge(IReadOnlyList<NodeAt> said) =>
        said.Select(one => one.Record).OfType<string>().Distinct().Count() > 1 || said.Select(one => one.Delivered).OfType<string>().Distinct().Count() > 1 ? Verdict.Different
        : said.Any(one => one.Record is null || one.Delivered is null) ? Verdict.Unknown
        : Verdict.Same;
}

/// <param name="IsSame">Whether all nodes agree on all that the head had applied.</param>
/// <param name="Said">What each says at the sequence in question.</param>
/// <param name="Conclusion">A sentence.</param>
internal sealed record VerificationResult(bool IsSame, IReadOnlyList<NodeAt> Said, string Conclusion);

/// <summary>What a node says of one sequence.</summary>
/// <param name="Record">The record's CRC; null where it cannot tell.</param>
/// <param name="Delivered">The digest of what was delivered and answered; null where it cannot tell.</param>
/// <param name="Why">Why it cannot.</param>
internal sealed record NodeAt(string Name, long Sequence, string? Record, string? Delivered, string? Why);
