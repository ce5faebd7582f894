using TeeChain.Fleet.Tests.Nodes;
using TeeChain.Protocol.Hop;
using TeeChain.Protocol.Status;

namespace TeeChain.Fleet.Tests.Registry;

/// <summary>The status of a replica that is all right, in a chain of four that all count; its ports are those of the worker of that number.</summary>
internal static class SampleStatus
{
    public static readonly Guid Chain = Guid.NewGuid();

    public static Guid Id(int number) => new(number, 0, 0, new byte[8]);

    public static NodeStatus Of(int number) => PlainStatus.Value with
    {
        NodeId = Id(number),
        JournalId = Id(number),
        Chain = Chain,
        Address = $"127.0.0.1:{9000 + number}",
        Admin = $"127.0.0.1:{9500 + number}",
        Local = $"127.0.0.1:{4000 + number}",
        Nodes = [.. Enumerable.Range(1, 4).Select(one => new ChainNode(Id(one), $"127.0.0.1:{9000 + one}"))],
    };
}
