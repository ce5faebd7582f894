namespace TeeChain.Protocol.Status;

/// <summary>
/// The answer to <c>POST /admin/hold</c>: until the lease is over or the token released, every node's application has
/// applied exactly what is up to <see cref="Position"/>.
/// </summary>
/// <param name="Token">For <c>POST /admin/release?token=</c>, whose answer tells whether the hold stood.</param>
/// <param name="Crc">Of the record, 8 hexadecimal digits.</param>
/// <param name="Position">Sequence, epoch, CRC and the digest of what was delivered as one text, for <c>teeproxy journal seed</c>: <c>17:1:0123abcd:0123456789abcdef</c>.</param>
/// <param name="LeaseSeconds">What is left of the lease.</param>
public sealed record HoldGrant(Guid Token, long Sequence, long Epoch, string Crc, string Position, Guid Chain, double LeaseSeconds);
