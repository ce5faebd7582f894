using TeeChain.Protocol.Status;

namespace TeeProxy.Delivery.Parking;

/// <summary>What is known of a parked write without reading its body.</summary>
/// <param name="Crc">The record's.</param>
/// <param name="Path">Without the query.</param>
/// <param name="Status">What this node's application last refused it with.</param>
/// <param name="HeadStatus">What the head's application answered.</param>
internal sealed record ParkedWrite(long Sequence, uint Crc, string Method, string Path, long BodyBytes, int Status, int HeadStatus, DateTimeOffset Since)
{
    public ParkedStatus ToStatus() => new(Sequence, Method, Path, BodyBytes, Status, HeadStatus, Since);
}
