using System.Net;
using System.Text;

namespace TeeProxy.Application;

/// <summary>How this node connects to the local application.</summary>
internal static class ApplicationConnections
{
    /// <summary>Applications are on this machine or beside it: who does not take a connection in this time is down.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Shorter than any application's keep-alive that we know of (puma 20 s, node 5 s), so that a connection is not used while it is being closed.
    /// </summary>
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(2);

    /// <summary>For what passes through.</summary>
    public static HttpMessageInvoker Create() => new(new SocketsHttpHandler
    {
        // The application's own words reach the client as they are: no proxy, redirect, cookie or decompression in between.
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,

        ConnectTimeout = ConnectTimeout,

        PooledConnectionIdleTimeout = IdleTimeout,

        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
    });
}
