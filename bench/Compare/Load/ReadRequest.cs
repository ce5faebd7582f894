namespace Compare.Load;

/// <summary>A GET as browsers' are: the same each time.</summary>
internal sealed class ReadRequest : Request
{
    public override ReadOnlySpan<byte> Build(int id) => "GET /login?user=u0001 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8;
}
