namespace TeeChain.Protocol;

/// <summary>The headers that TeeChain adds. A client's own are dropped at the door, so an application may trust them.</summary>
public static class HeaderNames
{
    /// <summary>What every name below begins with; anything a client sends under it is dropped.</summary>
    public const string Prefix = "TeeChain-";

    /// <summary>To the application: the chain's id, a GUID. With <see cref="Sequence"/> it names one write for ever.</summary>
    public const string Chain = "TeeChain-Chain";

    /// <summary>To the application, and to the client of an ambiguous answer: the write's sequence number.</summary>
    public const string Sequence = "TeeChain-Sequence";

    /// <summary>To the application: <c>1</c> when this write may have been delivered to it before.</summary>
    public const string Redelivery = "TeeChain-Redelivery";

    /// <summary>To the client of a read: <c>1</c> when no node is in step and the answer may be old. Set by the front door.</summary>
    public const string Stale = "TeeChain-Stale";

    /// <summary>
    /// Whether a client may not send it. Applications that read headers by CGI names take <c>TeeChain_Sequence</c> for
    /// <c>TeeChain-Sequence</c>: both are forged.
    /// </summary>
    public static bool IsReserved(string name)
    {
        var word = Prefix.Length - 1;
        return name.Length > word && name[word] is '-' or '_' && name.AsSpan(0, word).Equals(Prefix.AsSpan(0, word), StringComparison.OrdinalIgnoreCase);
    }
}
