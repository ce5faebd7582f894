using TeeChain.Fleet.Tests.Nodes;
using TeeChain.Protocol.Status;

namespace LoadTest.Tests;

/// <summary>A node's status to look at.</summary>
internal static class SampleStatus
{
    public static NodeStatus Of(long last, long applied, string local = "127.0.0.1:4567") => PlainStatus.Value with
    {
        Role = "head",
        Local = local,
        LastSequence = last,
        LastCrc = "c0de",
        AppliedSequence = applied,
        HeadSequence = last,
    };
}
