namespace TeeChain.Fleet.Gateway;

/// <summary>Which requests are writes. In doubt one is: one that slipped by would change one application alone. Pure.</summary>
/// <param name="writes">Upper case; compared without regard to case, because some applications take <c>post</c> for <c>POST</c>.</param>
internal sealed class MethodRule(IReadOnlyList<string> writes)
{
    private readonly string[] _writes = [.. writes];

    public bool IsWrite(string method)
    {
        foreach (var write in _writes)
        {
            if (string.Equals(write, method, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether it may be asked again, as in haproxy.cfg.</summary>
    public static bool IsRepeatable(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    /// <summary>RFC 9110 section 9.2.1.</summary>
    public static bool IsSafe(string method) => IsRepeatable(method) || HttpMethods.IsTrace(method);
}
