using TeeChain.Fleet.Nodes;
using TeeChain.Protocol;

namespace TeeChain.Fleet.Gateway;

/// <summary>How a front door is set, checked.</summary>
internal sealed record GatewayOptions
{
    public static readonly TimeSpan DefaultHealthInterval = TimeSpan.FromSeconds(5);

    /// <summary>For clients. Port 0 takes any (tests).</summary>
    public required Address Listen { get; init; }

    /// <summary>YARP's name of the strategy.</summary>
    public required string Policy { get; init; }

    public TimeSpan HealthInterval { get; init; } = DefaultHealthInterval;

    /// <summary>Upper case; in every teeproxy's <c>--tee-methods</c> too.</summary>
    public IReadOnlyList<string> WriteMethods { get; init; } = ["POST", "PUT", "PATCH", "DELETE"];

    public NodeWire Wire { get; init; } = NodeWire.Plain;

    public TimeSpan ProbeInterval => ProbeRule.IntervalOf(HealthInterval);
}
