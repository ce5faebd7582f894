using System.Text.Json;
using TeeProxy.Requests;

namespace TeeProxy.Delivery.Keys;

/// <summary>
/// A string or a whole number in a JSON body, named by a pointer (RFC 6901). No key where applications may read it
/// differently: a member that stands twice (also in another case), a number with a fraction or exponent.
/// </summary>
internal sealed class JsonKey : IKeySource
{
    private readonly IReadOnlyList<string> _path;

    private JsonKey(IReadOnlyList<string> path) => _path = path;

    public bool ReadsBody => true;

    /// <summary>Null when it is no pointer, or points to the whole document.</summary>
    public static JsonKey? TryParse(string pointer) => JsonPointer.TryParse(pointer) is { } path ? new JsonKey(path) : null;

    public string? Of(RecordedHead head, ReadOnlySpan<byte> body)
    {
        if (!BodyType.Is(head, static type => type == "application/json" || type.EndsWith("+json", StringComparison.Ordinal)))
        {
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            JsonElement? at = document.RootElement;
            foreach (var part in _path)
            {
                at = at is { } element ? Child(element, part) : null;
            }

            return at is { } found && !reader.Read() ? Text(found) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // Not JSON, or text that is no Unicode.
        }
    }

    private static JsonElement? Child(JsonElement element, string part)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var named = element.EnumerateObject().Where(member => member.Name.Equals(part, StringComparison.OrdinalIgnoreCase)).Take(2).ToArray();
                return named is [var only] ? only.Value : null;
            case JsonValueKind.Array:
                return IsIndex(part, out var index) && index < element.GetArrayLength() ? element[index] : null;
            default:
                return null;
        }
    }

    private static bool IsIndex(string part, out int index)
    {
        index = 0;
        return part.Length is > 0 and < 10 && part.All(char.IsAsciiDigit) && (part.Length == 1 || part[0] != '0') && int.TryParse(part, out index);
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number when value.GetRawText() is var digits && digits != "-0" && digits.AsSpan().TrimStart('-').IndexOfAnyExceptInRange('0', '9') < 0 => digits,
        _ => null,
    };
}
