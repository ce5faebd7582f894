using System.Buffers.Text;
using System.Text;

namespace Compare.Load;

/// <summary>
/// The write that every system gets: a form POST whose body is 200 bytes, of one of a thousand users, ending in its id. One instance
/// builds one request at a time.
/// </summary>
internal sealed class WriteRequest : Request
{
    public const int Users = 1000;

    private const int BodyBytes = 200;
    private const int UserDigits = 4;
    private const int IdDigits = 10;

    private readonly byte[] _message;
    private readonly int _userStart;

    /// <param name="path">/register, or /empty for answers without a body.</param>
    public WriteRequest(string path)
    {
        var head = $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {BodyBytes}\r\n\r\n";
        const string user = "user=u";
        const string end = "&id=";
        var password = "&password=".PadRight(BodyBytes - user.Length - UserDigits - end.Length - IdDigits, 'x');
        _message = Encoding.ASCII.GetBytes($"{head}{user}0000{password}{end}0000000000");
        _userStart = head.Length + user.Length;
    }

    /// <summary>Who the write is of; anybody can tell from its id. Spread as if drawn (Knuth's multiplicative hash), so that two in flight may be of one user.</summary>
    public static int UserOf(int id) => (int)(((uint)id * 2654435769u) >> 16) % Users;

    public override ReadOnlySpan<byte> Build(int id)
    {
        Utf8Formatter.TryFormat(UserOf(id), _message.AsSpan(_userStart, UserDigits), out _, new System.Buffers.StandardFormat('D', UserDigits));
        Utf8Formatter.TryFormat(id, _message.AsSpan(_message.Length - IdDigits), out _, new System.Buffers.StandardFormat('D', IdDigits));
        return _message;
    }
}
