namespace TeeProxy.Delivery.Comparing;

/// <summary>What an answer's headers say of its body. Pure.</summary>
internal static class AnswerType
{
    /// <summary>A content type or coding in one spelling: <c>text/HTML; charset=UTF-8</c> is <c>text/html;charset=utf-8</c>.</summary>
    public static string Normalized(string value) => string.Concat(value.Where(static c => c is not (' ' or '\t' or '"'))).ToLowerInvariant();

    public static bool IsJson(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var type = Normalized(Of(headers, "Content-Type")).Split(';')[0];
        return type == "application/json" || type.EndsWith("+json", StringComparison.Ordinal);
    }

    public static bool IsEncoded(IReadOnlyList<KeyValuePair<string, string>> headers) => Normalized(Of(headers, "Content-Encoding")) is not ("" or "identity");

    private static string Of(IReadOnlyList<KeyValuePair<string, string>> headers, string name) =>
        headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value ?? "";
}
