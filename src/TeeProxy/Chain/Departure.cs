namespace TeeProxy.Chain;

/// <summary>
/// How a node says good-bye. First it is not ready any more but still serves, so that front doors notice; then it takes
/// nothing new. Set once each, by the one that stops the node; read by anybody.
/// </summary>
internal sealed class Departure
{
    private volatile bool _isDraining;
    private volatile bool _isClosed;

    /// <summary>Not ready: front doors should go elsewhere.</summary>
    public bool IsDraining => _isDraining;

    /// <summary>Nothing new is admitted.</summary>
    public bool IsClosed => _isClosed;

    public void Drain() => _isDraining = true;

    public void Close() => (_isDraining, _isClosed) = (true, true);
}
