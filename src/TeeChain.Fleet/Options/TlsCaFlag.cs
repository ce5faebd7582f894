using TeeChain.Fleet.Nodes;
using TeeChain.Protocol.Tls;

namespace TeeChain.Fleet.Options;

/// <summary><c>--tls-ca</c>, as several verbs have it.</summary>
internal static class TlsCaFlag
{
    public const string Help = "The nodes speak TLS, and this file (PEM) says who vouches for them: the nodes' own --tls-ca, or the machine's, such as /etc/ssl/certs/ca-certificates.crt.";

    private const int MostBytes = 1 << 20; // a wrong file, rather than certificates

    /// <returns>Plain where no file is given, or, with the reason in <paramref name="wrong"/>, cannot be used.</returns>
    public static NodeWire Read(string? path, out string? wrong)
    {
        wrong = null;
        if (path is null)
        {
            return NodeWire.Plain;
        }

        try
        {
            var authorities = new FileInfo(path).Length > MostBytes ? null : Authorities.FromPem(File.ReadAllText(path));
            wrong = authorities is null ? $"--tls-ca {path} holds no certificate; allowed: certificates of authorities in PEM, at most 1 MiB" : null;
            return new NodeWire(authorities);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException)
        {
            wrong = $"--tls-ca {path} cannot be read: {cause.Message.TrimEnd('.')}";
            return NodeWire.Plain;
        }
    }
}
