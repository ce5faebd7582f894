using TeeChain.Protocol;
using TeeChain.Protocol.Hop;

namespace TeeProxy.Hop;

/// <summary>Opens to a node for its answer alone: no stream follows.</summary>
internal sealed class Inquiry(OpeningExchange exchange, HopDialer dialer)
{
    /// <summary>The answer, whatever its verdict; null when the node cannot be reached, or says nothing of use, in time.</summary>
    public async Task<OpeningAnswer?> AskAsync(string address, Opening opening, TimeSpan patience, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(patience);
        try
        {
            await using var stream = new HopStream(await dialer.DialAsync(Address.Parse(address), limit.Token));
            return await exchange.OpenAsync(stream, opening, address, limit.Token);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested
            && e is HttpRequestException or IOException or HopRefusedException or OperationCanceledException or FormatException)
        {
            return null;
        }
    }
}
