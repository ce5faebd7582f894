namespace TeeChain.Fleet.Haproxy;

/// <summary>HAProxy's word for what a server may get; whether it gets it, its checks decide.</summary>
internal enum Turn
{
    /// <summary>Requests, while its checks pass.</summary>
    Ready,

    /// <summary>No new ones.</summary>
    Drain,

    /// <summary>None, and it is not checked.</summary>
    Maint,
}
