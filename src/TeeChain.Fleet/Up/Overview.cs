using TeeChain.Fleet.Nodes;
using TeeChain.Fleet.Registry;
using TeeChain.Fleet.Statistics;
using TeeChain.Fleet.Status;
using TeeChain.Protocol.Status;

namespace TeeChain.Fleet.Up;

/// <summary>Shows the fleet on the screen as it is, once a second.</summary>
/// <param name="doors">The front doors that are open by now.</param>
internal sealed class Overview(
    IUpScreen screen, FleetRegistry registry, ChainKeeper keeper, StatisticsKeeping statistics, Scaler scaler, Func<IReadOnlyList<IFrontDoor>> doors, TimeProvider time)
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var (state, counts, view) = (scaler.State, statistics.Current(), registry.Current);
            var rows = view.Workers.Select(worker => FleetRow.From(
                new NodeTarget(worker.Name, worker.Admin, worker.State),
                new Reply<NodeStatus>(keeper.Statuses.GetValueOrDefault(worker.Name), null, null),
                counts.FirstOrDefault(one => one.Worker == worker.Name)));
            screen.Show(
                StatusReport.From([.. rows], view.Problems),
                $"{state.Workers} workers{(state.IsScaling ? $", {state.Wanted} wanted" : "")}; {string.Join(", ", doors().Select(door => $"{door.Kind} :{door.Port}"))}");
            await Task.Delay(Between, time, cancellation);
        }
    }
}
