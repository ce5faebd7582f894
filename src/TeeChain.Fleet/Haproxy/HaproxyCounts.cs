namespace TeeChain.Fleet.Haproxy;

/// <summary>What a worker has done since the last look.</summary>
/// <param name="Successful">Answers below 500.</param>
/// <param name="Failed">Answers of 500 and above, and requests that it did not answer.</param>
internal sealed record WorkerDelta(string Name, long Successful, long Failed, double TotalMilliseconds);

/// <summary>
/// Makes increments out of the sums that HAProxy counts from its start, or from when it was told of a server. What is counted
/// between the last look and the end of a HAProxy is lost: a second's worth. For one caller.
/// </summary>
/// <param name="isFromTheStart">
/// Whether the first HAProxy that is seen counts from its start, because its life began with ours; else what it has counted so far
/// was somebody else's to count.
/// </param>
internal sealed class HaproxyCounts(bool isFromTheStart)
{
    private FrontSnapshot? _before;

    /// <summary>All backends of a worker together; who did nothing is left out.</summary>
    public IReadOnlyList<WorkerDelta> Step(FrontSnapshot now)
    {
        var before = _before;
        _before = now;
        return before is null && !isFromTheStart
            ? []
            : [.. now.Counts
                .Select(one => Since(one.Key, one.Value, before?.Process == now.Process ? before.Counts.GetValueOrDefault(one.Key) : null))
                .GroupBy(delta => delta.Name)
                .Select(own => new WorkerDelta(own.Key, own.Sum(delta => delta.Successful), own.Sum(delta => delta.Failed), own.Sum(delta => delta.TotalMilliseconds)))
                .Where(delta => delta.Successful + delta.Failed > 0)];
    }

    // A sum that went down began anew: the server was deleted and added, or somebody cleared the counters.
    private static WorkerDelta Since(ServerId server, ServerCounts now, ServerCounts? before)
    {
        var since = before is null || now.Successful < before.Successful || now.Failed < before.Failed ? new ServerCounts(0, 0, 0, 0) : before;
        var (successful, failed) = (now.Successful - since.Successful, now.Failed - since.Failed);
        return new WorkerDelta(server.Name, successful, failed, (successful + failed) * (double)now.AverageMilliseconds);
    }
}
