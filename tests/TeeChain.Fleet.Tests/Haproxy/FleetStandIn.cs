using TeeChain.Fleet.Registry;

namespace TeeChain.Fleet.Tests.Haproxy;

/// <summary>A fleet whose view the test sets.</summary>
internal sealed class FleetStandIn : IFleetSource
{
    private volatile TaskCompletionSource _changed = new();
    private volatile FleetView _view = FleetView.Empty;

    public FleetView Current => _view;

    public void Set(params Worker[] workers)
    {
        _view = new FleetView(_view.Version + 1, workers);
        Interlocked.Exchange(ref _changed, new TaskCompletionSource()).SetResult();
    }

    public async Task<FleetView> ChangedAsync(long version, CancellationToken cancellation)
    {
        while (true)
        {
            var changed = _changed;
            if (_view.Version != version)
            {
                return _view;
            }

            await changed.Task.WaitAsync(cancellation);
        }
    }
}
