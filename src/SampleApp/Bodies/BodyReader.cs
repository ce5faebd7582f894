using System.Buffers;

namespace SampleApp.Bodies;

/// <summary>Reads a whole request body and parses it, in a rented buffer that grows by doubling.</summary>
internal static class BodyReader
{
    /// <summary>Forms and JSON of more than 30 MB are part of the demonstration; twice that is room enough.</summary>
    public const int MaxBodyBytes = 64 << 20;

    // What a client says of its length is believed up to here; beyond, the buffer grows with what really comes.
    private const int LargestFirstBuffer = 1 << 20;
    private const int SmallestFirstBuffer = 4 << 10;

    private static readonly Refusal TooLarge =
        new(StatusCodes.Status413PayloadTooLarge, $"the body may have at most {MaxBodyBytes} bytes");

    /// <summary>Reads one kind of body.</summary>
    public delegate Refusal? Parser(ReadOnlySpan<byte> body, out Credentials credentials);

    public static async Task<(Credentials Credentials, Refusal? Refusal)> ReadAsync(
        HttpRequest request, Parser parse, CancellationToken cancellation)
    {
        if (request.ContentLength > MaxBodyBytes)
        {
            return (default, TooLarge);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(
            (int)Math.Clamp((request.ContentLength ?? 0) + 1, SmallestFirstBuffer, LargestFirstBuffer));
        try
        {
            var length = 0;
            while (await request.Body.ReadAsync(buffer.AsMemory(length), cancellation) is > 0 and var read)
            {
                length += read;
                if (length > MaxBodyBytes)
                {
                    return (default, TooLarge);
                }

                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(2 * length);
                    buffer.CopyTo(larger, 0);
                    ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
                    buffer = larger;
                }
            }

            var refusal = parse(buffer.AsSpan(0, length), out var credentials);
            return (credentials, refusal);
        }
        finally
        {
            // Passwords are in it.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }
}
