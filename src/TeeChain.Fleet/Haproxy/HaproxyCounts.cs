using TeeChain.Fleet.Statistics;

namespace TeeChain.Fleet.Haproxy;

/// <summary>
/// Makes increments out of the sums that HAProxy counts from its start, or from when it was told of a server: success is an answer below
/// 500; failure is one of 500 and above, or none. What is counted between the last look and the end of a HAProxy is lost: a second's
/// worth. For one caller.
/// </summary>
/// <param name="isFromTheStart">
/// Whether the first HAProxy that is seen counts from its start, because its life began with ours; else what it has counted so far
/// was somebody else's to count.
/// </param>
internal sealed class HaproxyCounts(bool isFromTheStart)
{
    private FrontSnapshot? _before;

    /// <summary>What each worker did since the last step, in all backends, and what no worker was there for; who did nothing is left out.</summary>
    public IReadOnlyList<WorkerCounts> Step(FrontSnapshot now)
    {
        var (last, isFirst) = (_before, _before is null);
        _before = now;
        if (isFirst && !isFromTheStart)
        {
            return [];
        }

        var before = last?.Process == now.Process ? last : null;
        var servers = now.Counts.ToDictionary(one => one.Key, one => Since(one.Key, one.Value, before?.Counts.GetValueOrDefault(one.Key)));
        var nobody = now.Refused.Sum(backend => Unanswered(
            Since(backend.Value, before?.Refused.GetValueOrDefault(backend.Key) ?? 0), servers.Where(server => server.Key.Backend == backend.Key).Sum(server => server.Value.Failures)));
        return [.. WorkerCounts.Sum([.. servers.Values, new WorkerCounts(RequestCounts.Nobody, 0, nobody, 0)]).Where(counts => counts.Total > 0)];
    }

    // What HAProxy answered in a worker's place is counted with the worker.
    private static long Unanswered(long refused, long failures) => Math.Max(0, refused - failures);

    // A sum that went down began anew: the server was deleted and added, or somebody cleared the counters.
    private static WorkerCounts Since(ServerId server, ServerCounts now, ServerCounts? before)
    {
        var (successes, failures) = before is null || now.Successes < before.Successes || now.Failures < before.Failures
            ? (now.Successes, now.Failures)
            : (now.Successes - before.Successes, now.Failures - before.Failures);
        return new WorkerCounts(server.Name, successes, failures, (successes + failures) * now.AverageMilliseconds * TimeSpan.TicksPerMillisecond);
    }

    private static long Since(long now, long before) => now < before ? now : now - before;
}
