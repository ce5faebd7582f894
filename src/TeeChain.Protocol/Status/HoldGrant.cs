namespace TeeChain.Protocol.Status;

/// <summary>
/// The answer to <c>POST /admin/hold</c>: until the lease is over or the token released, every node's application has
/// applied exactly what is up to <see cref="Position"/>.
/// </summary>
/// <param name="Token">For <c>POST /admin/release?token=</c>, whose answer tells whether the hold stood.</param>
/// <param name="Crc">Of the record, 8 hexadecimal digits.</param>
/// <param name="Position">Sequence, epoch and CRC as one text: <c>17:1:0123abcd</c>.</param>
/// <param name="LeaseSeconds">What is left of the lease.</param>
public sealed record HoldGrant(Guid Token, long Sequence, long Epoch, string Crc, string Position, Guid Chain, double LeaseSeconds);
