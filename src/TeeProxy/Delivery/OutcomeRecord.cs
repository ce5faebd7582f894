using System.Buffers.Binary;

namespace TeeProxy.Delivery;

/// <summary>
/// The content of an outcome record: what the head's application answered to one write, for every node to compare with.
/// <code>
///  write sequence (8)  status (2)  zero (2)  id of the mask (4)  digest of the answer, 0 where bodies are not compared (8)
/// </code>
/// </summary>
/// <param name="Mask">Which parts the digest leaves out (<see cref="Comparing.AnswerMask.Id"/>); 0 beside a digest of 0.</param>
internal readonly record struct OutcomeRecord(long Sequence, int Status, ulong BodyDigest, uint Mask = 0)
{
    public const int Bytes = 24;

    /// <summary>An answer that the head's application failed to give properly; a replica's same failure is agreement.</summary>
    public bool IsServerError => Status >= 500;

    public byte[] Encode()
    {
        var bytes = new byte[Bytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Sequence);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)Status);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), Mask);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), BodyDigest);
        return bytes;
    }

    /// <exception cref="InvalidDataException">The bytes are no outcome.</exception>
    public static OutcomeRecord Decode(ReadOnlySpan<byte> bytes) => bytes.Length < Bytes
        ? throw new InvalidDataException("An outcome record is too short; was the journal written by another program?")
        : new OutcomeRecord(
            BinaryPrimitives.ReadInt64LittleEndian(bytes),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]));
}
