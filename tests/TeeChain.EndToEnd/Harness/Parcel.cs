using System.Globalization;
using System.Text;

namespace TeeChain.EndToEnd.Harness;

/// <summary>
/// A POST that is like no other: random bytes for a body, random values in its headers. Whoever has its number and the
/// seed knows every byte of it, and of the answer to it.
/// </summary>
internal sealed class Parcel
{
    public const string NumberName = "Parcel-Number";
    public const string UserName = "Parcel-User";

    private const string Prefix = "Parcel-";
    private const int MostBytes = 100_000;
    private const int MostHeaderBytes = 1_000;

    // Below and above what one read, one buffer and memory hold: a body of more than 64 KiB is spooled to a file.
    private static readonly int[] Edges = [0, 0, 1, 4_095, 4_096, 4_097, 16_384, 65_535, 65_536, 65_537];

    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    public required byte[] Body { get; init; }

    /// <summary>How long the chunks are that it is sent in, in bytes; 0 for a body of stated length.</summary>
    public required int ChunkBytes { get; init; }

    public static Parcel Draw(int seed, int number)
    {
        var random = new Random(HashCode(seed, number));
        var headers = new List<KeyValuePair<string, string>>
        {
            new(NumberName, number.ToString(CultureInfo.InvariantCulture)),
            new(UserName, $"user-{random.Next(100)}"),
        };
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            headers.Add(new($"{Prefix}{(char)('A' + i)}", Words(random, Size(random, MostHeaderBytes))));
        }

        var body = new byte[random.Next(3) == 0 ? Edges[random.Next(Edges.Length)] : Size(random, MostBytes)];
        random.NextBytes(body);
        return new Parcel { Headers = headers, Body = body, ChunkBytes = random.Next(2) == 0 ? 0 : 1 + Size(random, MostBytes) };
    }

    /// <summary>Those of a message's headers that a parcel brings, in a fixed order.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Own(IEnumerable<KeyValuePair<string, string>> headers) =>
    [
        .. headers.Where(static header => header.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            .OrderBy(static header => header.Key, StringComparer.OrdinalIgnoreCase).ThenBy(static header => header.Value, StringComparer.Ordinal),
    ];

    /// <summary>The answer's body: the values of the headers and then the body, each bit turned, so that nothing passes for it that was merely passed on.</summary>
    public static byte[] AnswerTo(IEnumerable<KeyValuePair<string, string>> headers, ReadOnlySpan<byte> body)
    {
        byte[] answer = [.. Encoding.Latin1.GetBytes(string.Concat(Own(headers).Select(static header => header.Value))), .. body];
        foreach (ref var one in answer.AsSpan())
        {
            one = (byte)~one;
        }

        return answer;
    }

    /// <summary>Whether headers and body are this parcel's, and nothing but.</summary>
    /// <returns>Null when they are, else the first difference.</returns>
    public string? Difference(IEnumerable<KeyValuePair<string, string>> headers, byte[] body) => Difference(headers, body, Body);

    /// <summary>Whether an answer is the one to this parcel: its headers come back, and the body is <see cref="AnswerTo"/>.</summary>
    /// <returns>Null when it is, else the first difference.</returns>
    public string? DifferenceOfAnswer(IEnumerable<KeyValuePair<string, string>> headers, byte[] body) => Difference(headers, body, AnswerTo(Headers, Body));

    private string? Difference(IEnumerable<KeyValuePair<string, string>> headers, byte[] body, byte[] expected)
    {
        var (own, came) = (Own(Headers), Own(headers));
        if (!own.SequenceEqual(came))
        {
            return $"the headers are {string.Join("; ", came)}, not {string.Join("; ", own)}";
        }

        return body.AsSpan().SequenceEqual(expected)
            ? null
            : $"{body.Length} bytes came instead of {expected.Length}; the first difference is at {body.AsSpan().CommonPrefixLength(expected)}";
    }

    // The framework's own is seeded anew in each process.
    private static int HashCode(int seed, int number) => (seed * 1_000_003) ^ number;

    // As many small ones as large ones: their logarithms are spread evenly.
    private static int Size(Random random, int most) => (int)Math.Pow(most, random.NextDouble());

    private static string Words(Random random, int length) =>
        string.Create(length, random, static (text, random) =>
        {
            foreach (ref var letter in text)
            {
                letter = (char)random.Next('!', '~' + 1);
            }
        });
}
