using TeeChain.Protocol.Status;

namespace LoadTest.Tests;

/// <summary>A node's status to look at.</summary>
internal static class SampleStatus
{
    public static NodeStatus Of(long last, long applied, string local = "127.0.0.1:4567") => new()
    {
        Version = "",
        NodeId = Guid.Empty,
        JournalId = Guid.Empty,
        Role = "head",
        Epoch = 1,
        Address = "",
        Admin = "",
        Local = local,
        FirstSequence = 1,
        LastSequence = last,
        LastCrc = "c0de",
        AppliedSequence = applied,
        HeadSequence = last,
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
