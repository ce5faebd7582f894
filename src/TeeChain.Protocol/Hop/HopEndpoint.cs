namespace TeeChain.Protocol.Hop;

/// <summary>Where and how a predecessor knocks: an HTTP/1.1 <c>Upgrade</c> on the next node's listen port.</summary>
public static class HopEndpoint
{
    /// <summary>The token of the <c>Upgrade</c> header; the number is the protocol's version.</summary>
    public const string UpgradeToken = "teechain/1";

    /// <summary>What the token of any version begins with; front doors deny it by this.</summary>
    public const string UpgradePrefix = "teechain";

    /// <summary>The request's path. Nothing else is served there.</summary>
    public const string Path = "/.teechain/hop";

    /// <summary>The protocol's version as the opening states it.</summary>
    public const int Version = 1;
}
