using TeeChain.Fleet.Registry;

namespace TeeChain.Fleet.Tests.Gateway;

/// <summary>A fleet that changes when a test says so.</summary>
internal sealed class HandFleet : IFleetSource
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FleetView Current { get; private set; } = FleetView.Empty;

    public void Set(params Worker[] workers)
    {
        lock (_lock)
        {
            Current = new FleetView(Current.Version + 1, workers);
            _changed.SetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public async Task<FleetView> ChangedAsync(long version, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (Current.Version != version)
                {
                    return Current;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellation);
        }
    }
}
