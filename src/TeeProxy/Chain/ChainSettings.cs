using System.Security.Cryptography;
using System.Text;

namespace TeeProxy.Chain;

/// <summary>What the rules need to know of the command line.</summary>
/// <param name="Pin"><c>--role</c>.</param>
/// <param name="Address">Where this node listens, as it tells others.</param>
/// <param name="Text">The settings that must be equal on all nodes, in words.</param>
/// <param name="FoundingPatience">How long a first write waits for the successor's acceptance.</param>
internal sealed record ChainSettings(RolePin Pin, string Address, string Text, TimeSpan FoundingPatience)
{
    /// <summary>Whether clients of this node wait for acks (<c>--ack</c> above local).</summary>
    public bool WantsEagerAcks { get; init; }

    /// <summary>SHA-256 of <see cref="Text"/>, hexadecimal.</summary>
    public string Digest { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));
}
