namespace TeeChain.EndToEnd.Harness;

/// <summary>HTTP to processes on this machine: no proxy, no redirects, no cookies.</summary>
internal static class Loopback
{
    /// <summary>For what a test asks of a process beside the load: a connection a request, because processes come and go.</summary>
    public static HttpClient Control { get; } = new(Handler(connections: int.MaxValue))
    {
        Timeout = TimeSpan.FromSeconds(5),
        DefaultRequestHeaders = { ConnectionClose = true },
    };

    public static SocketsHttpHandler Handler(int connections) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        MaxConnectionsPerServer = connections,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        SslOptions = TestCertificates.ClientOptions,
    };
}
