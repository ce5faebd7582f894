using TeeChain.Protocol.Status;

namespace TeeChain.Fleet.Tests.Nodes;

/// <summary>The status of a node that is all right and has one record; tests say what is otherwise.</summary>
internal static class PlainStatus
{
    public static NodeStatus Value { get; } = new()
    {
        Version = "0",
        NodeId = Guid.Empty,
        JournalId = Guid.Empty,
        Role = "replica",
        Epoch = 1,
        Address = "127.0.0.1:1",
        Admin = "127.0.0.1:2",
        Local = "127.0.0.1:3",
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
    };
}
