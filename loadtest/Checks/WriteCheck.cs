using LoadTest.Requests;
using TeeChain.Protocol;

namespace LoadTest.Checks;

/// <summary>
/// Compares what clients were told with what the nodes hold: by their <c>/status</c> always, and write by write where the applications
/// are sample applications. Asks before the run and after it.
/// </summary>
/// <param name="patience">How long the slowest node may take to apply what there is when the load ends.</param>
internal sealed class WriteCheck(FleetReader fleet, IReadOnlyList<Address> nodes, TimeProvider time, TimeSpan patience)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private List<NodeBefore> _before = [];

    /// <summary>The first node's application, once <see cref="BeginAsync"/> has succeeded; null where no node is named.</summary>
    public Uri? FirstApplication => _before.FirstOrDefault()?.Application;

    /// <returns>Which node cannot be asked; null when all can.</returns>
    public async Task<string?> BeginAsync(CancellationToken cancellation)
    {
        var before = new List<NodeBefore>();
        foreach (var admin in nodes)
        {
            var status = await fleet.StatusAsync(admin, cancellation);
            if (status.Value is not { } node || !Address.TryParse(node.Local, out var local))
            {
                return status.Why ?? $"{admin} calls '{status.Value?.Local}' its application, which is no address";
            }

            // A node on another machine calls its application by an address that only it can use.
            var application = (local.IsLoopback ? local with { Host = admin.Host } : local).HttpUri;
            var counts = await fleet.CountsAsync(application, cancellation);
            before.Add(new NodeBefore(
                $"{admin}", admin, application, node.LastSequence, node.Divergences, node.Parked, counts.Value is { } state ? state.Applied + state.Discarded : null));
        }

        _before = before;
        return null;
    }

    /// <summary>Waits until every node has applied what there is now, and compares.</summary>
    public async Task<CheckResult> EndAsync(WriteLedger ledger, string userPrefix, bool isOrderedByUser, CancellationToken cancellation)
    {
        var (said, problems) = (new List<string>(), new List<string>());
        if (_before.Count == 0)
        {
            return new CheckResult(["writes were not checked: no node is named"], []);
        }

        problems.AddRange(await SettleAsync(cancellation));
        await CompareStatusAsync(ledger, said, problems, cancellation);
        await CompareLogsAsync(ledger, userPrefix, isOrderedByUser, said, problems, cancellation);
        return new CheckResult(said, [.. problems.Distinct()]);
    }

    /// <summary>Waits until every node has applied what there is now.</summary>
    /// <returns>Who has not within the patience, or does not tell, a line each.</returns>
    public async Task<IReadOnlyList<string>> SettleAsync(CancellationToken cancellation)
    {
        var all = await Task.WhenAll(_before.Select(node => fleet.StatusAsync(node.Admin, cancellation)));
        var last = all.Select(status => status.Value?.LastSequence).Max() ?? 0;
        var begin = time.GetTimestamp();
        var behind = await Task.WhenAll(_before.Select(node => BehindAsync(node, last, begin, cancellation)));
        return [.. behind.OfType<string>()];
    }

    private async Task<string?> BehindAsync(NodeBefore node, long last, long begin, CancellationToken cancellation)
    {
        while (true)
        {
            var status = await fleet.StatusAsync(node.Admin, cancellation);
            if (status.Value?.AppliedSequence >= last)
            {
                return null;
            }

            if (time.GetElapsedTime(begin) > patience)
            {
                return status.Value is { } late
                    ? $"behind: {node.Name} has applied up to {late.AppliedSequence} of {last} after {patience.TotalSeconds:0} s"
                    : $"unknown: {status.Why}";
            }

            await Task.Delay(Pause, time, cancellation);
        }
    }

    private async Task CompareStatusAsync(WriteLedger ledger, List<string> said, List<string> problems, CancellationToken cancellation)
    {
        // What all that answer have applied: who is behind was named already.
        var all = await Task.WhenAll(_before.Select(node => fleet.StatusAsync(node.Admin, cancellation)));
        var common = all.Select(status => status.Value?.AppliedSequence).Min() ?? 0;
        var at = await Task.WhenAll(_before.Select(node => fleet.StatusAtAsync(node.Admin, common, cancellation)));
        var found = StatusRule.Problems(
            common, [.. _before.Select((node, i) => new NodeAfter(node, all[i].Value, at[i].Value, all[i].Why ?? at[i].Why))], ledger.Acknowledged.Count + ledger.Unnamed);
        problems.AddRange(found);
        if (found.Count == 0)
        {
            said.Add($"{_before.Count} nodes hold and delivered the same up to record {common}");
        }
    }

    private async Task CompareLogsAsync(
        WriteLedger ledger, string userPrefix, bool isOrderedByUser, List<string> said, List<string> problems, CancellationToken cancellation)
    {
        var (logs, unread) = (new List<NodeLog>(), problems.Count);
        foreach (var node in _before.Where(node => node.Arrivals is not null))
        {
            var log = await ApplicationLog.ReadAsync(fleet, node, userPrefix, cancellation);
            if (log.Value is { } read)
            {
                logs.Add(read);
            }
            else
            {
                problems.Add($"unknown: {log.Why}");
            }
        }

        if (logs.Count == 0)
        {
            said.Add("no application has a /state/log: writes were not compared one by one");
            return;
        }

        problems.AddRange(WriteRule.Problems(ledger.Acknowledged, ledger.Unknown, logs, isOrderedByUser));
        if (problems.Count == unread)
        {
            said.Add($"{logs.Count} applications applied each of {ledger.Acknowledged.Count} acknowledged writes once, in the same order{(isOrderedByUser ? " for each user" : "")}");
        }
    }
}
