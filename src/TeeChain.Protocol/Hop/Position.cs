namespace TeeChain.Protocol.Hop;

/// <summary>
/// A place in a journal. Each record's CRC covers the CRC of the record before, so equal positions mean equal journals
/// up to there. The default is the place before the first record.
/// </summary>
public readonly record struct Position(long Sequence, long Epoch, uint Crc)
{
    public override string ToString() => $"{Sequence} (epoch {Epoch}, CRC {Crc:x8})";
}
