using System.Text.Json;

namespace TeeProxy.Chain;

/// <summary>The content of an epoch's first record: who leads from here on. JSON in the record's head part.</summary>
/// <param name="Chain">The chain's id.</param>
/// <param name="Epoch">From 1.</param>
/// <param name="Head">The node that leads.</param>
/// <param name="HeadAddress">Where it listens.</param>
/// <param name="PreviousCrc">CRC of the record before: what the new head built on.</param>
internal sealed record EpochRecord(Guid Chain, long Epoch, Guid Head, string HeadAddress, uint PreviousCrc)
{
    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, ChainJson.Default.EpochRecord);

    /// <exception cref="InvalidDataException">The bytes are no epoch record.</exception>
    public static EpochRecord Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, ChainJson.Default.EpochRecord) ?? throw new InvalidDataException("An epoch record is empty.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"An epoch record cannot be read: {e.Message}", e);
        }
    }
}
