using System.Globalization;
using SampleApp.Users;

namespace SampleApp.Bodies;

/// <summary>Reads what the proxy says about a write. A request without these headers is a write all the same.</summary>
internal static class DeliveryHeaders
{
    private const string ChainHeader = "TeeChain-Chain";
    private const string SequenceHeader = "TeeChain-Sequence";
    private const string RedeliveryHeader = "TeeChain-Redelivery";

    /// <summary>False when the headers are there but wrong: then something between the proxy and here is broken.</summary>
    public static bool TryRead(IHeaderDictionary headers, out Delivery? delivery, out bool isRedelivery)
    {
        delivery = null;
        isRedelivery = headers[RedeliveryHeader] == "1";
        var chain = headers[ChainHeader];
        var sequence = headers[SequenceHeader];
        if (sequence.Count == 0)
        {
            return chain.Count == 0;
        }

        var chainId = Guid.Empty;
        if (!long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || (chain.Count > 0 && !Guid.TryParse(chain, out chainId)))
        {
            return false;
        }

        delivery = new Delivery(chainId, number);
        return true;
    }
}
