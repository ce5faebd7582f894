using TeeChain.Protocol;

namespace TeeChain.Fleet.Gateway;

/// <summary>How a front door is set, checked.</summary>
internal sealed record GatewayOptions
{
    /// <summary>In what time two probes in a row must have found a dead worker, with room: it is probed ten times as often.</summary>
    public static readonly TimeSpan DefaultHealthInterval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ShortestProbeInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>For clients. Port 0 takes any (tests).</summary>
    public required Address Listen { get; init; }

    /// <summary>YARP's name of the strategy.</summary>
    public required string Policy { get; init; }

    public TimeSpan HealthInterval { get; init; } = DefaultHealthInterval;

    /// <summary>Upper case; in every teeproxy's <c>--tee-methods</c> too.</summary>
    public IReadOnlyList<string> WriteMethods { get; init; } = ["POST", "PUT", "PATCH", "DELETE"];

    /// <summary>500 ms where nothing else is said, as in haproxy.cfg.</summary>
    public TimeSpan ProbeInterval => HealthInterval / 10 > ShortestProbeInterval ? HealthInterval / 10 : ShortestProbeInterval;
}
