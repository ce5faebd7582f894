namespace TeeProxy.Status;

/// <summary>What the admin port does at one path. The guard has let the request in when <paramref name="Handle"/> is called.</summary>
/// <param name="Methods">The methods it takes, upper case; others get 405.</param>
internal sealed record AdminAction(IReadOnlyList<string> Methods, RequestDelegate Handle)
{
    public static AdminAction Read(RequestDelegate handle) => new(["GET", "HEAD"], handle);

    public static AdminAction Post(RequestDelegate handle) => new(["POST"], handle);
}
