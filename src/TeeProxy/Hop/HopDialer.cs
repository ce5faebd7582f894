using System.Net;
using System.Security.Authentication;
using System.Text.Json;
using TeeChain.Protocol;
using TeeChain.Protocol.Hop;
using TeeProxy.Tls;

namespace TeeProxy.Hop;

/// <summary>Connects to a next node and upgrades the connection to a duplex stream of frames.</summary>
/// <param name="tls">Null: the nodes speak without TLS.</param>
internal sealed class HopDialer(TlsConnector? tls = null) : IDisposable
{
    private const int MostReasonBytes = 4 << 10;

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        MaxConnectionsPerServer = 4,
        ConnectCallback = tls is null ? null : tls.ConnectAsync,
    });

    private readonly string _scheme = tls is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps;

    /// <summary>The stream; disposing it closes the connection.</summary>
    /// <exception cref="HopRefusedException">The other keeps this node out, or TLS came to nothing: an operator must mend it.</exception>
    /// <exception cref="HttpRequestException">Nobody listens there, or what listens is no willing teeproxy; the message says which.</exception>
    public async Task<Stream> DialAsync(Address next, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{_scheme}://{next}{HopEndpoint.Path}"))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", HopEndpoint.UpgradeToken);

        var response = await SendAsync(next, request, cancellation);
        if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
        {
            return await response.Content.ReadAsStreamAsync(cancellation);
        }

        using (response)
        {
            if (response.StatusCode == HttpStatusCode.Forbidden && await ReasonAsync(response.Content, cancellation) is { } reason)
            {
                throw new HopRefusedException(HopRefusedException.Forbidden, $"{next} keeps this node out: {reason}");
            }

            throw new HttpRequestException($"{next} answered {(int)response.StatusCode} instead of switching protocols; is it a teeproxy's --listen address?");
        }
    }

    private async Task<HttpResponseMessage> SendAsync(Address next, HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            return await _client.SendAsync(request, cancellation);
        }
        catch (HttpRequestException e) when (e.InnerException is AuthenticationException cause)
        {
            throw new HopRefusedException(
                HopRefusedException.Untrusted, $"this node does not speak TLS with {next}: {(cause.InnerException ?? cause).Message.TrimEnd('.')}; all nodes need --tls-cert, and a --tls-ca that vouches for the others under the names dialled");
        }
    }

    /// <summary>A problem's detail (RFC 9457), by which the hop's door says why it stays shut; null when it is none.</summary>
    private static async Task<string?> ReasonAsync(HttpContent content, CancellationToken cancellation)
    {
        try
        {
            await content.LoadIntoBufferAsync(MostReasonBytes, cancellation);
            using var problem = JsonDocument.Parse(await content.ReadAsByteArrayAsync(cancellation));
            return problem.RootElement.GetProperty("detail").GetString()?.TrimEnd('.');
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    public void Dispose() => _client.Dispose();
}
