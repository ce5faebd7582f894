namespace TeeProxy.Chain;

/// <summary>What a node knows, from outside the chain, of whether its fleet has one.</summary>
internal enum FleetChain
{
    /// <summary>It belongs to no registered fleet: nobody can say.</summary>
    NotAsked,

    /// <summary>The registry has not said yet.</summary>
    Unknown,

    /// <summary>None was founded when the registry was last heard.</summary>
    None,

    Founded,
}

/// <summary>Holds what the registry said last. One writer; read by anybody.</summary>
internal sealed class FleetNews(bool isRegistered)
{
    private volatile FleetChain _chain = isRegistered ? FleetChain.Unknown : FleetChain.NotAsked;

    public FleetChain Chain => _chain;

    public void Hear(bool hasChain) => _chain = hasChain ? FleetChain.Founded : FleetChain.None;
}
