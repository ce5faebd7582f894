using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace TeeProxy.Delivery.Comparing;

/// <summary>
/// Puts a star for each value that a pointer names; every other byte stays as it is, so blanks and the order of members count.
/// A member that stands twice is masked twice; one that is missing on one side alone is a difference.
/// </summary>
internal static class JsonMask
{
    /// <summary>What is not JSON throughout is returned as it is.</summary>
    public static ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> body, IReadOnlyList<IReadOnlyList<string>> pointers)
    {
        var masked = new List<Range>();
        try
        {
            var reader = new Utf8JsonReader(body.Span);
            if (reader.Read())
            {
                Walk(ref reader, pointers, depth: 0, masked);
            }

            _ = reader.Read(); // throws where something follows
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return body; // Not JSON, too deep, or text that is no Unicode.
        }

        if (masked.Count == 0)
        {
            return body;
        }

        var result = new ArrayBufferWriter<byte>(body.Length);
        var from = 0;
        foreach (var range in masked)
        {
            result.Write(body.Span[from..range.Start.Value]);
            result.Write("*"u8);
            from = range.End.Value;
        }

        result.Write(body.Span[from..]);
        return result.WrittenMemory;
    }

    /// <param name="live">The pointers that lead to this value or into it; <paramref name="depth"/> of their parts are behind.</param>
    private static void Walk(ref Utf8JsonReader reader, IReadOnlyList<IReadOnlyList<string>> live, int depth, List<Range> masked)
    {
        var start = (int)reader.TokenStartIndex;
        if (live.Any(pointer => pointer.Count == depth))
        {
            reader.Skip();
            masked.Add(start..(int)reader.BytesConsumed);
            return;
        }

        var isObject = reader.TokenType == JsonTokenType.StartObject;
        if (live.Count == 0 || !(isObject || reader.TokenType == JsonTokenType.StartArray))
        {
            reader.Skip();
            return;
        }

        for (var index = 0; reader.Read() && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray); index++)
        {
            var part = isObject ? reader.GetString()! : index.ToString(CultureInfo.InvariantCulture);
            if (isObject)
            {
                _ = reader.Read();
            }

            Walk(ref reader, [.. live.Where(pointer => pointer[depth] == part)], depth + 1, masked);
        }
    }
}
