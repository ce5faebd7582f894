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
        Roster roster, IReadOnlyDictionary<string, NodeStatus> statuses, IReadOnlyList<WorkerCounts> counts, IReadOnlyDictionary<string, LocalWorker> local) =>
        [.. roster.Seats.Select(seat => Of(seat, statuses.GetValueOrDefault(seat.Name), counts.FirstOrDefault(one => one.Worker == seat.Name), local.GetValueOrDefault(seat.Name)))];

    private static WorkerRow Of(Seat seat, NodeStatus? status, WorkerCounts? counts, LocalWorker? local) => new(
        seat.Name,
        seat.IsLeaving ? "leaving" : seat.Worker.State switch
        {
            WorkerState.Draining => local is null ? "stopping" : "joining",
            WorkerState.Away => "away",
            _ => status?.Role ?? "down",
        },
        seat.Worker.Address,
        status?.LastSequence ?? 0,
        status?.LagEntries ?? 0,
        status is null ? "its teeproxy does not answer" : status.Ready.Read.Why,
        counts?.Total ?? 0,
        counts?.Failures ?? 0,
        counts?.AverageMilliseconds ?? 0,
        local?.Restarts ?? 0);
}
