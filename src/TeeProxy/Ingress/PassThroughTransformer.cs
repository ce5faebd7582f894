using Yarp.ReverseProxy.Forwarder;

namespace TeeProxy.Ingress;

/// <summary>
/// Makes the request that goes to the local application: the target exactly as sent, and the headers by the same rules
/// as a recorded write's, so that the application sees one kind of head.
/// </summary>
internal sealed class PassThroughTransformer(Pseudonym self) : HttpTransformer
{
    // Else System.Uri would resolve dots and decode what it deems safe.
    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public override ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        var request = httpContext.Request;
        proxyRequest.RequestUri = new Uri(destinationPrefix + RequestTarget.Of(httpContext), in Verbatim);

        // SocketsHttpHandler sends a request without content again when a pooled connection closes (dotnet/runtime#86714);
        // one with content it does not, and only what is safe (RFC 9110 section 9.2.1) may happen twice.
        if (proxyRequest.Content is null && !IsSafe(request.Method))
        {
            proxyRequest.Content = new ByteArrayContent([]);
        }

        var named = HeaderRule.NamedBy(request.Headers.Connection);
        var from = Provenance.Of(httpContext, self, named);
        foreach (var (name, values) in request.Headers)
        {
            if (from.Replaces(name) || !HeaderRule.IsForwarded(name, named))
            {
                continue;
            }

            // Several lines of cookies must not be joined with commas (RFC 6265 section 5.4).
            if (values.Count > 1 && name.Equals("Cookie", StringComparison.OrdinalIgnoreCase))
            {
                Add(proxyRequest, name, [string.Join("; ", (IEnumerable<string?>)values)]);
            }
            else
            {
                Add(proxyRequest, name, values!);
            }
        }

        Add(proxyRequest, Provenance.ViaName, [from.Via]);
        AddIfAny(proxyRequest, Provenance.ForName, from.For);
        AddIfAny(proxyRequest, Provenance.ProtoName, from.Proto);
        AddIfAny(proxyRequest, Provenance.HostName, from.Host);
        return default;
    }

    private static void AddIfAny(HttpRequestMessage request, string name, string? value)
    {
        if (value is not null)
        {
            Add(request, name, [value]);
        }
    }

    // HttpRequestMessage keeps headers that speak of the content with the content.
    private static void Add(HttpRequestMessage request, string name, IEnumerable<string> values)
    {
        if (!request.Headers.TryAddWithoutValidation(name, values))
        {
            request.Content?.Headers.TryAddWithoutValidation(name, values);
        }
    }

    private static bool IsSafe(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);
}
