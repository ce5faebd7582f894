namespace TeeChain.Fleet.Registry;

/// <summary>The newest view, and those who wait for the next. One publisher at a time; read by anybody.</summary>
internal sealed class ViewFeed(FleetView first) : IFleetSource
{
    private volatile Published _published = new(first);

    private sealed record Published(FleetView View)
    {
        public TaskCompletionSource Replaced { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public FleetView Current => _published.View;

    public async Task<FleetView> ChangedAsync(long version, CancellationToken cancellation)
    {
        while (true)
        {
            var published = _published;
            if (published.View.Version != version)
            {
                return published.View;
            }

            await published.Replaced.Task.WaitAsync(cancellation);
        }
    }

    public void Publish(FleetView next)
    {
        var before = _published;
        _published = new Published(next);
        before.Replaced.SetResult();
    }
}
