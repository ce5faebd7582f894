using static System.Buffers.Binary.BinaryPrimitives;

namespace TeeChain.Journaling.Recovery;

/// <summary>
/// The file that names the journal: u32 magic "TJID", u32 version 1, 16 bytes of id, u32 CRC-32C of all before.
/// It is written after the first segment: a folder without it is a journal only when a segment holds something.
/// </summary>
internal static class JournalIdentity
{
    public const string Name = "journal";
    private const uint Magic = 0x44494A54;
    private const int Bytes = 28;

    /// <summary>Null when there is none; throws <see cref="JournalDamagedException"/> when it is bad.</summary>
    public static Guid? Read(IFolder folder)
    {
        byte[]? bytes = DurableFile.Read(folder, Name);
        if (bytes is null)
        {
            return null;
        }

        bool isGood = bytes.Length == Bytes && ReadUInt32LittleEndian(bytes) == Magic && ReadUInt32LittleEndian(bytes.AsSpan(4)) == 1
            && ReadUInt32LittleEndian(bytes.AsSpan(24)) == Crc32C.Compute(bytes.AsSpan(0, 24));
        return isGood ? new Guid(bytes.AsSpan(8, 16)) : throw new JournalDamagedException(Path.Combine(folder.Path, Name), 0, "not a journal's identity");
    }

    public static void Write(IFolder folder, Guid journalId)
    {
        byte[] bytes = new byte[Bytes];
        WriteUInt32LittleEndian(bytes, Magic);
        WriteUInt32LittleEndian(bytes.AsSpan(4), 1);
        journalId.TryWriteBytes(bytes.AsSpan(8));
        WriteUInt32LittleEndian(bytes.AsSpan(24), Crc32C.Compute(bytes.AsSpan(0, 24)));
        DurableFile.Replace(folder, Name, bytes);
    }
}
