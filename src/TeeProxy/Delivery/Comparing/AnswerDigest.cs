using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TeeProxy.Delivery.Comparing;

/// <summary>
/// The digest of one answer while it is read: the first 8 bytes of the SHA-256 of the headers that count and the masked body.
/// Memory is bounded: a body longer than <see cref="MostMaskedBytes"/> counts as it is, unmasked. Its beginning is kept for people.
/// </summary>
internal sealed class AnswerDigest : IDisposable
{
    /// <summary>Pointers and patterns need the whole body, and memory for it; 1 MiB is far above what answers to writes have.</summary>
    public const int MostMaskedBytes = 1 << 20;

    private const int PieceBytes = 16 << 10;

    private readonly AnswerMask _mask;
    private readonly int _status;
    private readonly IReadOnlyList<KeyValuePair<string, string>> _headers;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ArrayBufferWriter<byte> _beginning = new();
    private ArrayBufferWriter<byte>? _whole;
    private long _length;

    public AnswerDigest(AnswerMask mask, int status, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        (_mask, _status, _headers) = (mask, status, headers);
        _hash.AppendData(Encoding.UTF8.GetBytes(mask.Head(headers) + "\n"));
        _whole = mask.ReadsBody(headers) ? new ArrayBufferWriter<byte>() : null;
    }

    /// <summary>Reads a body to its end.</summary>
    public async ValueTask ReadAsync(Stream body)
    {
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            for (int count; (count = await body.ReadAsync(piece.AsMemory(0, PieceBytes))) > 0;)
            {
                Append(piece.AsSpan(0, count));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _length += bytes.Length;
        _beginning.Write(bytes[..Math.Min(bytes.Length, KeptAnswer.MostBodyBytes - _beginning.WrittenCount)]);
        if (_whole is null)
        {
            _hash.AppendData(bytes);
        }
        else if (_length <= MostMaskedBytes)
        {
            _whole.Write(bytes);
        }
        else
        {
            _hash.AppendData(_whole.WrittenSpan);
            _hash.AppendData(bytes);
            _whole = null;
        }
    }

    /// <summary>The body is whole. Called once; where there is much to mask, not on the thread that serves all sockets.</summary>
    public async ValueTask<KeptAnswer> CompleteAsync()
    {
        if (_whole?.WrittenCount > KeptAnswer.MostBodyBytes)
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }

        return Complete();
    }

    /// <summary>The same, at once.</summary>
    public KeptAnswer Complete()
    {
        if (_whole is not null)
        {
            _hash.AppendData(_mask.Mask(_whole.WrittenMemory, _headers).Span);
        }

        var digest = BinaryPrimitives.ReadUInt64BigEndian(_hash.GetHashAndReset());
        return new KeptAnswer(_status, Math.Max(1, digest), _headers, _length, _beginning.WrittenSpan.ToArray());
    }

    public void Dispose() => _hash.Dispose();
}
