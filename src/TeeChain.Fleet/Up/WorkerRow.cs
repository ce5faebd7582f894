using TeeChain.Fleet.Registry;
using TeeChain.Fleet.Statistics;
using TeeChain.Protocol.Status;

namespace TeeChain.Fleet.Up;

/// <summary>A worker, as people are shown it.</summary>
/// <param name="Role">Of its node; its state where that says more.</param>
/// <param name="Lag">Entries behind the head.</param>
/// <param name="WhyNotReady">For reads; null when it is.</param>
/// <param name="Restarts">Of its two processes; 0 for a worker of another machine.</param>
internal sealed record WorkerRow(
    string Name, string Role, string Address, long Sequence, long Lag, string? WhyNotReady, long Requests, long Failures, double AverageMilliseconds, int Restarts)
{
    /// <summary>In the order of the chain. Pure.</summary>
    public static IReadOnlyList<WorkerRow> Of(
        FleetView view, IReadOnlyDictionary<string, NodeStatus> statuses, IReadOnlyList<WorkerCounts> counts, IReadOnlyDictionary<string, LocalWorker> local) =>
        [.. view.Workers.Select(worker => Of(worker, statuses.GetValueOrDefault(worker.Name), counts.FirstOrDefault(one => one.Worker == worker.Name), local.GetValueOrDefault(worker.Name)))];

    private static WorkerRow Of(Worker worker, NodeStatus? status, WorkerCounts? counts, LocalWorker? local) => new(
        worker.Name,
        worker.State == WorkerState.Draining ? "leaving" : worker.State == WorkerState.Away ? "away" : status?.Role ?? "down",
        worker.Address,
        status?.LastSequence ?? 0,
        status?.LagEntries ?? 0,
        status is null ? "its teeproxy does not answer" : status.Ready.Read.Why,
        counts?.Total ?? 0,
        counts?.Failures ?? 0,
        counts?.AverageMilliseconds ?? 0,
        local?.Restarts ?? 0);
}
