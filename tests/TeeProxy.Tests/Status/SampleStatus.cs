using TeeChain.Protocol.Status;

namespace TeeProxy.Tests.Status;

/// <summary>A node's status with a different number in each field, for tests to vary.</summary>
internal static class SampleStatus
{
    public static readonly NodeStatus Replica = new()
    {
        Version = "1.2.3",
        NodeId = new Guid("11111111-0000-0000-0000-000000000000"),
        JournalId = new Guid("21111111-0000-0000-0000-000000000000"),
        Chain = new Guid("31111111-0000-0000-0000-000000000000"),
        Role = "replica",
        Epoch = 3,
        Head = new Guid("41111111-0000-0000-0000-000000000000"),
        HeadAddress = "127.0.0.1:9000",
        Address = "127.0.0.1:9001",
        Admin = "127.0.0.1:9501",
        Local = "127.0.0.1:4568",
        FirstSequence = 1,
        LastSequence = 120,
        LastCrc = "0123abcd",
        AppliedSequence = 118,
        HeadSequence = 121,
        LagEntries = 4,
        LagSeconds = 0.25,
        JournalBytes = 4096,
        HeldBytes = 2048,
        Application = new ApplicationStatus(true, null),
        Next = new NextStatus("127.0.0.1:9002", true, new Guid("51111111-0000-0000-0000-000000000000"), 117, "accept", null),
        Previous = new PreviousStatus(new Guid("41111111-0000-0000-0000-000000000000"), "127.0.0.1:9000", true, 0.2),
        Rows = [new RowStatus(new Guid("51111111-0000-0000-0000-000000000000"), new Guid("61111111-0000-0000-0000-000000000000"), 117, 116, true, true, null)],
        Ready = new ReadyStatus(Readiness.No("this node is a replica; the head is 127.0.0.1:9000"), Readiness.Yes, Readiness.Yes),
        Whole = true,
        Draining = false,
        Redelivered = 5,
        Parked = 6,
        Divergences = 7,
        RecentDivergences = [],
        Problems = [],
        UptimeSeconds = 60,
    };
}
