using TeeChain.Protocol.Hop;

namespace TeeProxy.Hop;

/// <summary>An opening was not accepted, by either side. The stream does not begin; the text says why and what to do.</summary>
internal sealed class HopRefusedException(string verdict, string reason) : Exception(reason)
{
    /// <summary>The proof was wrong: the two nodes do not share a secret.</summary>
    public const string Unauthorized = "Unauthorized";

    /// <summary>The other's door stayed shut: by the way this node came, or for want of a certificate.</summary>
    public const string Forbidden = "Forbidden";

    /// <summary>No TLS with the other: it speaks none, or nobody vouches for it.</summary>
    public const string Untrusted = "Untrusted";

    public HopRefusedException(Verdict verdict, string reason)
        : this(verdict.ToString(), reason)
    {
    }

    public string Verdict { get; } = verdict;
}
