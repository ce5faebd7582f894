using System.Net;
using TeeChain.Protocol;
using TeeChain.Protocol.Hop;

namespace TeeProxy.Hop;

/// <summary>Connects to a next node and upgrades the connection to a duplex stream of frames.</summary>
internal sealed class HopDialer : IDisposable
{
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        MaxConnectionsPerServer = 4,
    });

    /// <summary>The stream; disposing it closes the connection.</summary>
    /// <exception cref="HttpRequestException">Nobody listens there, or what listens is no willing teeproxy; the message says which.</exception>
    public async Task<Stream> DialAsync(Address next, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(next.HttpUri, HopEndpoint.Path))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", HopEndpoint.UpgradeToken);

        var response = await _client.SendAsync(request, cancellation);
        if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
        {
            return await response.Content.ReadAsStreamAsync(cancellation);
        }

        using (response)
        {
            throw new HttpRequestException($"{next} answered {(int)response.StatusCode} instead of switching protocols; is it a teeproxy's --listen address?");
        }
    }

    public void Dispose() => _client.Dispose();
}
