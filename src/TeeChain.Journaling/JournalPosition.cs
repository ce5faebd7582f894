namespace TeeChain.Journaling;

/// <summary>
/// Names a record. Since each record holds the CRC of the one before it, equal positions mean equal journals up to
/// there. The default value is the place before the first record.
/// </summary>
public readonly record struct JournalPosition(long Sequence, long Epoch, uint Crc)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Sequence} (epoch {Epoch}, crc {Crc:x8})";
}
