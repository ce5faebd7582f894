namespace TeeChain.Fleet.Registry;

/// <summary>Where a front door learns who is there: the registry in the same process, or one elsewhere, asked over HTTP.</summary>
internal interface IFleetSource
{
    /// <summary>As last heard; while the registry cannot be reached, as it was.</summary>
    FleetView Current { get; }

    /// <summary>Ends once <see cref="Current"/> has another version than <paramref name="version"/>.</summary>
    Task<FleetView> ChangedAsync(long version, CancellationToken cancellation);
}
