using System.Buffers;
using TeeChain.Journaling;
using TeeProxy.Requests;
using static System.Buffers.Binary.BinaryPrimitives;

namespace TeeProxy.Delivery.Parking;

/// <summary>
/// A parked write as a file, whole, since the journal will let go of it. Little-endian:
/// <code>
///  0  u32  magic "TPRK"          24  i64  since, ticks of 100 ns, UTC
///  4  u32  version 1             32  i64  bytes of the body
///  8  i64  sequence              40  i32  bytes of the request head
/// 16  u32  CRC of the record     44  u32  CRC-32C of head and body
/// 20  u16  status                48  u32  CRC-32C of the 48 bytes before
/// 22  u16  status of the head's  52       head, body
/// </code>
/// </summary>
internal static class ParkedFile
{
    public const string Extension = ".parked";

    /// <summary>While it is being written; worthless after a crash.</summary>
    public const string TemporaryExtension = ".tmp";

    private const uint Magic = 0x4b525054;
    private const int FixedBytes = 52;
    private const int CopyBytes = 64 << 10;

    public static string NameOf(long sequence) => $"{sequence:D20}{Extension}";

    /// <summary>Durable when this returns.</summary>
    /// <exception cref="IOException">The disk is full or fails; there is no such file then.</exception>
    public static void Write(IFolder folder, ParkedWrite parked, RecordedWrite write)
    {
        var temporary = NameOf(parked.Sequence) + TemporaryExtension;
        try
        {
            using (var file = folder.Create(temporary))
            {
                Fill(file, parked, write);
                file.Sync();
            }

            folder.Rename(temporary, NameOf(parked.Sequence));
            folder.Sync();
        }
        catch (IOException)
        {
            if (folder.Exists(temporary))
            {
                folder.Delete(temporary);
            }

            throw;
        }
    }

    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static ParkedWrite Read(IFolder folder, string name)
    {
        using var file = folder.Open(name);
        var (parked, _, _) = ReadHead(folder, file, name);
        return parked;
    }

    /// <summary>The write as it was recorded, its body's stream the file itself. Checks every byte first.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static RecordedWrite Load(IFolder folder, long sequence)
    {
        var name = NameOf(sequence);
        using var file = folder.Open(name);
        var (parked, head, payloadCrc) = ReadHead(folder, file, name);
        var crc = Crc32C.Compute(head);
        var bodyOffset = FixedBytes + head.Length;
        var buffer = new byte[CopyBytes];
        for (long at = 0; at < parked.BodyBytes;)
        {
            var count = file.Read(bodyOffset + at, buffer.AsSpan(0, (int)Math.Min(CopyBytes, parked.BodyBytes - at)));
            crc = Crc32C.Append(crc, buffer.AsSpan(0, count));
            at += count > 0 ? count : throw Damaged(folder, name);
        }

        return crc == payloadCrc
            ? RecordedWrite.Kept(sequence, parked.Crc, head, parked.BodyBytes, () => OpenBody(folder, name, bodyOffset))
            : throw Damaged(folder, name);
    }

    private static void Fill(IFile file, ParkedWrite parked, RecordedWrite write)
    {
        var head = write.Recorded.Bytes.Span;
        file.Write(FixedBytes, head);
        var payloadCrc = Crc32C.Compute(head);
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            using var body = write.OpenBody();
            long offset = FixedBytes + head.Length;
            for (int count; (count = body.Read(buffer)) > 0; offset += count)
            {
                file.Write(offset, buffer.AsSpan(0, count));
                payloadCrc = Crc32C.Append(payloadCrc, buffer.AsSpan(0, count));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        Span<byte> start = stackalloc byte[FixedBytes];
        WriteUInt32LittleEndian(start, Magic);
        WriteUInt32LittleEndian(start[4..], 1);
        WriteInt64LittleEndian(start[8..], parked.Sequence);
        WriteUInt32LittleEndian(start[16..], parked.Crc);
        WriteUInt16LittleEndian(start[20..], (ushort)parked.Status);
        WriteUInt16LittleEndian(start[22..], (ushort)parked.HeadStatus);
        WriteInt64LittleEndian(start[24..], parked.Since.UtcTicks);
        WriteInt64LittleEndian(start[32..], parked.BodyBytes);
        WriteInt32LittleEndian(start[40..], head.Length);
        WriteUInt32LittleEndian(start[44..], payloadCrc);
        WriteUInt32LittleEndian(start[48..], Crc32C.Compute(start[..48]));
        file.Write(0, start);
    }

    private static (ParkedWrite Parked, byte[] Head, uint PayloadCrc) ReadHead(IFolder folder, IFile file, string name)
    {
        Span<byte> start = stackalloc byte[FixedBytes];
        if (file.Read(0, start) < FixedBytes || ReadUInt32LittleEndian(start) != Magic || ReadUInt32LittleEndian(start[4..]) != 1
            || ReadUInt32LittleEndian(start[48..]) != Crc32C.Compute(start[..48])
            || file.Length != FixedBytes + ReadInt64LittleEndian(start[32..]) + ReadInt32LittleEndian(start[40..])
            || NameOf(ReadInt64LittleEndian(start[8..])) != name)
        {
            throw Damaged(folder, name);
        }

        var bytes = new byte[ReadInt32LittleEndian(start[40..])];
        if (file.Read(FixedBytes, bytes) < bytes.Length)
        {
            throw Damaged(folder, name);
        }

        var head = RequestHead.Decode(bytes);
        var parked = new ParkedWrite(
            ReadInt64LittleEndian(start[8..]), ReadUInt32LittleEndian(start[16..]), head.Method, head.Path, ReadInt64LittleEndian(start[32..]),
            ReadUInt16LittleEndian(start[20..]), ReadUInt16LittleEndian(start[22..]), new DateTimeOffset(ReadInt64LittleEndian(start[24..]), TimeSpan.Zero));
        return (parked, bytes, ReadUInt32LittleEndian(start[44..]));
    }

    private static FileStream OpenBody(IFolder folder, string name, long offset)
    {
        var stream = File.OpenRead(Path.Combine(folder.Path, name));
        stream.Position = offset;
        return stream;
    }

    private static InvalidDataException Damaged(IFolder folder, string name) =>
        new($"The parked write {Path.Combine(folder.Path, name)} is damaged. Put the file back from a copy, or move it away: that drops the write on this node.");
}
