using System.Text;

namespace SampleApp.Bodies;

/// <summary>
/// Picks user and password out of a urlencoded body (WHATWG URL, section 5.1) in one pass. Fields that nobody asks for
/// cost nothing, however large, so there is no limit on their number.
/// </summary>
internal static class FormFields
{
    // "user" and "password" with every character percent-encoded.
    private const int LongestEncodedName = 3 * 8;

    // Two byte strings must not become one password: what is not UTF-8 is refused, not replaced.
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static Refusal? TryRead(ReadOnlySpan<byte> form, out Credentials credentials)
    {
        credentials = default;
        try
        {
            foreach (var range in form.Split((byte)'&'))
            {
                var field = form[range];
                var equals = field.IndexOf((byte)'=');
                var name = equals < 0 ? field : field[..equals];
                if (name.Length > LongestEncodedName)
                {
                    continue;
                }

                var value = equals < 0 ? default : field[(equals + 1)..];
                switch (NameOf(name))
                {
                    case "user" when credentials.User is null:
                        credentials = credentials with { User = Decode(value) };
                        break;
                    case "password" when credentials.Password is null:
                        credentials = credentials with { Password = Decode(value) };
                        break;
                    case "user" or "password":
                        return new Refusal(StatusCodes.Status400BadRequest, "user and password may be given once");
                }
            }

            return null;
        }
        catch (DecoderFallbackException)
        {
            return new Refusal(StatusCodes.Status400BadRequest, "the form is not UTF-8");
        }
    }

    private static string NameOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("user"u8) ? "user"
        : name.SequenceEqual("password"u8) ? "password"
        : name.ContainsAny((byte)'%', (byte)'+') ? Encoding.UTF8.GetString(Unescape(name))
        : "";

    private static string Decode(ReadOnlySpan<byte> value) =>
        Strict.GetString(value.ContainsAny((byte)'%', (byte)'+') ? Unescape(value) : value);

    // A percent sign without two hexadecimal digits stands for itself.
    private static ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> text)
    {
        var decoded = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && Digit(text[i + 1]) is var high and >= 0 && Digit(text[i + 2]) is var low and >= 0)
            {
                decoded[length++] = (byte)((high << 4) | low);
                i += 2;
            }
            else
            {
                decoded[length++] = text[i] == '+' ? (byte)' ' : text[i];
            }
        }

        return decoded.AsSpan(0, length);
    }

    private static int Digit(byte digit) => char.IsAsciiHexDigit((char)digit) ? (digit & 0xF) + (digit > '9' ? 9 : 0) : -1;
}
