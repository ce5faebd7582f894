using System.Buffers.Text;

using TeeProxy.Spooling;

namespace TeeProxy.Application;

/// <summary>
/// The body of an answer as it arrives, in whichever framing its head chose; it ends where the body does. After its end
/// <see cref="IsWhole"/> says whether that was where the application meant it to end.
/// </summary>
/// <exception cref="InvalidDataException">Broken chunks, or an end too early.</exception>
internal sealed class AnswerBody(ApplicationConnection connection, AnswerHead head, bool hasBody) : Stream
{
    private const int LongestChunkLine = 4096;

    private static readonly SpoolResult Nothing = new(SpoolOutcome.Complete, SpooledBody.Empty);

    private long _left = !hasBody ? 0 : head.IsChunked ? 0 : head.Length ?? long.MaxValue;
    private bool _isEnded = !hasBody || (head is { IsChunked: false, Length: 0 });

    /// <summary>The length where it is known before.</summary>
    public long? KnownLength => !hasBody ? 0 : head.IsChunked ? null : head.Length;

    /// <summary>Whether the connection stands right behind this answer.</summary>
    public bool IsWhole => _isEnded && !IsUntilClose;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    private bool IsUntilClose => hasBody && !head.IsChunked && head.Length is null;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_isEnded && _left == 0 && head.IsChunked)
        {
            await NextChunkAsync();
        }

        if (_isEnded)
        {
            return 0;
        }

        if (connection.Received.IsEmpty && !connection.Add(await connection.ReceiveAsync()))
        {
            _isEnded = IsUntilClose ? true : throw new InvalidDataException("its answer broke off");
            return 0;
        }

        var count = (int)Math.Min(Math.Min(buffer.Length, connection.Received.Length), _left);
        connection.Received.Span[..count].CopyTo(buffer.Span);
        connection.Take(count);
        _left -= IsUntilClose ? 0 : count;
        if (_left == 0 && head.IsChunked)
        {
            await ExpectLineAsync();
        }
        else
        {
            _isEnded = _left == 0;
        }

        return count;
    }

    /// <summary>Reads it to its end and keeps nothing.</summary>
    public async ValueTask<SpoolResult> SkipAsync()
    {
        if (!_isEnded && !head.IsChunked && _left <= connection.Received.Length)
        {
            // As a rule all of it is here.
            connection.Take((int)_left);
            (_left, _isEnded) = (0, true);
        }

        if (!_isEnded)
        {
            await CopyToAsync(Null);
        }

        return Nothing;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Reads are asynchronous here.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    // size [; extensions] CRLF; the last one is 0, then trailers up to an empty line (RFC 9112 section 7.1).
    private async ValueTask NextChunkAsync()
    {
        var line = await LineAsync();
        if (!Utf8Parser.TryParse(line, out _left, out var digits, 'X') || _left < 0 || (digits < line.Length && line[digits] is not ((byte)';' or (byte)' ' or (byte)'\t')))
        {
            throw new InvalidDataException("its answer has a broken chunk");
        }

        if (_left == 0)
        {
            while ((await LineAsync()).Length > 0)
            {
                // A trailer; nobody is told of it.
            }

            _isEnded = true;
        }
    }

    private async ValueTask ExpectLineAsync()
    {
        if ((await LineAsync()).Length > 0)
        {
            throw new InvalidDataException("its answer has a broken chunk");
        }
    }

    private async ValueTask<byte[]> LineAsync()
    {
        int end;
        while ((end = connection.Received.Span.IndexOf((byte)'\n')) < 0 && connection.Received.Length <= LongestChunkLine)
        {
            if (!connection.Add(await connection.ReceiveAsync()))
            {
                throw new InvalidDataException("its answer broke off");
            }
        }

        if (end is < 0 or > LongestChunkLine)
        {
            throw new InvalidDataException("its answer has a broken chunk");
        }

        var line = connection.Received.Span[..end].TrimEnd((byte)'\r').ToArray();
        connection.Take(end + 1);
        return line;
    }
}
