using System.Globalization;
using System.Net;
using TeeChain.Protocol;
using TeeProxy.Acks;
using TeeProxy.Application;
using TeeProxy.Spooling;

namespace TeeProxy.Delivery;

/// <summary>Sends one recorded write to the local application and reads its whole answer. It never repeats anything by itself.</summary>
internal sealed class ApplicationClient : IDisposable
{
    private readonly HttpMessageInvoker _client = ApplicationConnections.Create();
    private readonly string _root;
    private readonly BodySpool _spool;
    private readonly TimeSpan _timeout;

    public ApplicationClient(Address application, BodySpool spool, TimeSpan timeout) =>
        (_root, _spool, _timeout) = (application.HttpUri.GetLeftPart(UriPartial.Authority), spool, timeout);

    /// <summary>One attempt.</summary>
    /// <param name="chain">The chain's id, for the application.</param>
    /// <param name="isRedelivery">Whether the application may have seen this write.</param>
    public async Task<DeliveryResult> SendAsync(RecordedWrite write, Guid chain, bool isRedelivery, CancellationToken abort)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(abort);
        patience.CancelAfter(_timeout);
        using var request = Build(write, chain, isRedelivery);
        try
        {
            using var response = await _client.SendAsync(request, patience.Token);
            return await ReadAsync(response, patience.Token);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            return new DeliveryResult.Unsent(e.Message);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new DeliveryResult.Lost(e.Message, IsTimeout: false);
        }
        catch (OperationCanceledException) when (!patience.IsCancellationRequested)
        {
            return new DeliveryResult.Unsent($"it did not take a connection within {ApplicationConnections.ConnectTimeout.TotalSeconds} s");
        }
        catch (OperationCanceledException) when (!abort.IsCancellationRequested)
        {
            return new DeliveryResult.Lost($"no complete answer within {_timeout.TotalSeconds} s", IsTimeout: true);
        }
    }

    public void Dispose() => _client.Dispose();

    private HttpRequestMessage Build(RecordedWrite write, Guid chain, bool isRedelivery)
    {
        // Canonicalization is "dangerous" because it may change what an application routes by; here nothing may change.
        var uri = new Uri(_root + write.Head.Target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

        // Content is attached even when there is none: without it SocketsHttpHandler would send a write again by itself
        // when a pooled connection closes (dotnet/runtime#86714).
        HttpContent content = write.Body is { } body ? new ReadOnlyMemoryContent(body) : new StreamContent(write.OpenBody());
        content.Headers.ContentLength = write.BodyLength;
        var request = new HttpRequestMessage(new HttpMethod(write.Head.Method), uri)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        foreach (var (name, value) in write.Head.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        request.Headers.TryAddWithoutValidation(HeaderNames.Chain, chain.ToString());
        request.Headers.TryAddWithoutValidation(HeaderNames.Sequence, write.Sequence.ToString(CultureInfo.InvariantCulture));
        if (isRedelivery)
        {
            request.Headers.TryAddWithoutValidation(HeaderNames.Redelivery, "1");
        }

        return request;
    }

    private async Task<DeliveryResult> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        var stream = await response.Content.ReadAsStreamAsync(cancellation);
        // An answer to HEAD, and 304, state a length and have no body (RFC 9110 section 8.6), and some say one with 204, which
        // has none either: the stream's end counts then.
        var hasBody = response.RequestMessage!.Method != HttpMethod.Head
            && response.StatusCode is not (HttpStatusCode.NotModified or HttpStatusCode.NoContent);
        var length = hasBody ? response.Content.Headers.ContentLength : null;
        var body = await _spool.ReadAsync(stream, length, long.MaxValue, 0, cancellation);
        if (body.Outcome != SpoolOutcome.Complete)
        {
            return new DeliveryResult.Unheld(status, $"its answer cannot be held: {body.Why}");
        }

        var headers = new List<KeyValuePair<string, string>>();
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            foreach (var value in values)
            {
                headers.Add(new(name, value));
            }
        }

        return new DeliveryResult.Delivered(new Answer(status, response.ReasonPhrase, headers, body.Body!));
    }
}
