using TeeChain.Protocol.Hop;
using TeeChain.Protocol.Status;

namespace TeeChain.Fleet.Tests.Registry;

/// <summary>The status of a replica that is all right, in a chain of four that all count; its ports are those of the worker of that number.</summary>
internal static class SampleStatus
{
    public static readonly Guid Chain = Guid.NewGuid();

    public static Guid Id(int number) => new(number, 0, 0, new byte[8]);

    public static NodeStatus Of(int number) => new()
    {
        Version = "0",
        NodeId = Id(number),
        JournalId = Id(number),
        Chain = Chain,
        Role = "replica",
        Epoch = 1,
        Address = $"127.0.0.1:{9000 + number}",
        Admin = $"127.0.0.1:{9500 + number}",
        Local = $"127.0.0.1:{4000 + number}",
        FirstSequence = 1,
        LastSequence = 1,
        LastCrc = "00000000",
        AppliedSequence = 1,
        HeadSequence = 1,
        LagEntries = 0,
        LagSeconds = 0,
        JournalBytes = 0,
        HeldBytes = 0,
        Application = new ApplicationStatus(true, null),
        Rows = [],
        Ready = new ReadyStatus(Readiness.Yes, Readiness.Yes, Readiness.Yes),
        Whole = true,
        Draining = false,
        Redelivered = 0,
        Parked = 0,
        Divergences = 0,
        RecentDivergences = [],
        Problems = [],
        UptimeSeconds = 1,
        Nodes = [.. Enumerable.Range(1, 4).Select(one => new ChainNode(Id(one), $"127.0.0.1:{9000 + one}"))],
    };
}
