namespace TeeChain.Protocol.Status;

/// <summary>
/// The answer to <c>/status?at=S</c>. Two nodes agree at S when both fields are available and equal: the record's CRC
/// covers all records before it, the digest all that was delivered and answered.
/// </summary>
/// <param name="At">S.</param>
/// <param name="Available">Whether this node still knows both.</param>
/// <param name="AppliedSequence">How far its application is: S must not be beyond.</param>
/// <param name="RecordCrc">CRC of record S, 8 hexadecimal digits.</param>
/// <param name="DeliveredDigest">Rolling digest of (sequence, CRC, status answered) of every write up to S, 16 hexadecimal digits.</param>
/// <param name="Why">Why it is not available.</param>
public sealed record StatusAt(long At, bool Available, long AppliedSequence, string? RecordCrc, string? DeliveredDigest, string? Why);
