using System.Text.Json.Serialization;

namespace TeeChain.Fleet.Registry;

/// <summary>What the registry knows, at one moment; front doors follow it. Immutable; <c>GET /registry</c> shows it.</summary>
/// <param name="Version">Grows with every change; begins anew, far above, when the registry is started.</param>
/// <param name="Workers">In the order of the chain, the head first.</param>
internal sealed record FleetView(long Version, IReadOnlyList<Worker> Workers)
{
    public static readonly FleetView Empty = new(0, []);

    /// <summary>
    /// Whether a chain was founded: from then on only a node whose <c>/readyz/write?founded</c> is 200 gets writes. Before, the first
    /// worker does as soon as its <c>/readyz/write</c> is. Else a first node that lost its folder would found a second chain.
    /// </summary>
    public bool IsFounded { get; init; }

    /// <summary>What keeps the chain from being wired as it should be, each with what to do; none when all is well.</summary>
    public IReadOnlyList<string> Problems { get; init => field = value ?? []; } = [];
}

/// <summary>An application with its teeproxy.</summary>
/// <param name="Name">Unique in the fleet: 1 to 64 of <c>A-Z a-z 0-9 . _ -</c>.</param>
/// <param name="Address">Of the application, <c>host:port</c>: reads go there.</param>
/// <param name="Teeproxy">Of its teeproxy: writes go to the head's.</param>
/// <param name="Admin">Of its teeproxy's admin port: probes go there.</param>
internal sealed record Worker(string Name, string Address, string Teeproxy, string Admin, WorkerState State);

/// <summary>Whether the front doors send a worker anything. Readiness is another matter: each front door probes for itself.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WorkerState>))]
internal enum WorkerState
{
    /// <summary>It announces itself; who is ready gets its turn.</summary>
    Present,

    /// <summary>It is about to leave: no new requests, those on their way are finished.</summary>
    Draining,

    /// <summary>It left or stopped announcing itself; its place in the chain is kept.</summary>
    Away,
}
