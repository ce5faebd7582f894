using BenchmarkDotNet.Attributes;
using TeeChain.Journaling;

namespace TeeChain.Micro;

/// <summary>A write as a record: what a head does for each, and what each reader does.</summary>
[MemoryDiagnoser]
[BenchmarkCategory("Codec")]
public class RecordCodecBenchmarks
{
    private readonly byte[] _head = SamplePost.Head.Encode();
    private readonly byte[] _record = new byte[4096];
    private readonly byte[] _large = new byte[64 << 10];
    private int _bytes;

    [GlobalSetup]
    public void Setup()
    {
        new Random(1).NextBytes(_large);
        _bytes = Encode();
    }

    /// <summary>Checksum of the payload, header, copy: all that is done with a write's bytes before they go to the disk.</summary>
    [Benchmark]
    public int Encode()
    {
        var payload = EntryPayload.InMemory(_head, SamplePost.Body);
        var header = new RecordHeader(EntryKind.Write, _head.Length, SamplePost.Body.Length, 17, 1, 1_700_000_000_000_000, 0xC0FFEE, payload.Crc, 0);
        RecordCodec.Write(_record, header);
        payload.Head.Span.CopyTo(_record.AsSpan(RecordCodec.HeaderBytes));
        SamplePost.Body.CopyTo(_record.AsSpan(RecordCodec.HeaderBytes + _head.Length));
        return (int)header.TotalBytes;
    }

    /// <summary>Header and payload, both checked.</summary>
    [Benchmark]
    public bool Decode() =>
        RecordCodec.TryReadHeader(_record.AsSpan(0, _bytes), out var header)
        && Crc32C.Compute(_record.AsSpan(RecordCodec.HeaderBytes, header.HeadBytes + header.BodyBytes)) == header.PayloadCrc;

    [Benchmark]
    public uint CrcOf200Bytes() => Crc32C.Compute(SamplePost.Body);

    [Benchmark]
    public uint CrcOf64KiB() => Crc32C.Compute(_large);
}
