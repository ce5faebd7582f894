using System.Text;

namespace TeeProxy.Delivery.Keys;

/// <summary>
/// Fields as forms and queries write them (WHATWG URL, section 5). The text is Latin-1, one character a byte, for
/// comparing only: bytes that are no UTF-8 stay distinct.
/// </summary>
internal static class UrlEncoded
{
    /// <summary>
    /// The value of the one field called <paramref name="name"/>. Null when there is none, or when applications may read it
    /// differently: the name stands twice (also in another case), an escape is broken, or a <c>;</c> may separate fields.
    /// </summary>
    /// <param name="name">As <see cref="Name"/> made it.</param>
    public static string? Value(ReadOnlySpan<byte> fields, string name)
    {
        if (fields.Contains((byte)';'))
        {
            return null;
        }

        string? found = null;
        foreach (var range in fields.Split((byte)'&'))
        {
            var field = fields[range];
            var equals = field.IndexOf((byte)'=');
            if (Decode(equals < 0 ? field : field[..equals], plusIsSpace: true) is not { } fieldName)
            {
                return null;
            }

            if (!fieldName.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var value = equals < 0 ? "" : Decode(field[(equals + 1)..], plusIsSpace: true);
            if (found is not null || value is null)
            {
                return null;
            }

            found = value;
        }

        return found;
    }

    /// <summary>A name as an operator writes it, for <see cref="Value"/>.</summary>
    public static string Name(string name) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(name));

    /// <summary>Without its escapes; null when one is broken.</summary>
    public static string? Decode(ReadOnlySpan<byte> text, bool plusIsSpace)
    {
        if (!text.ContainsAny("%+"u8))
        {
            return Encoding.Latin1.GetString(text);
        }

        var decoded = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = (char)text[i];
            if (c == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit((char)text[i + 1]) || !char.IsAsciiHexDigit((char)text[i + 2]))
                {
                    return null;
                }

                c = (char)((HexValue(text[i + 1]) << 4) | HexValue(text[i + 2]));
                i += 2;
            }
            else if (c == '+' && plusIsSpace)
            {
                c = ' ';
            }

            decoded.Append(c);
        }

        return decoded.ToString();
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
