using TeeChain.Protocol.Tls;

namespace TeeChain.Fleet.Options;

/// <summary><c>--tls-cert</c> and <c>--tls-key</c>, by the same rules as teeproxy's.</summary>
internal static class TlsCertFlags
{
    /// <returns>Null where none is given, or, with the reason in <paramref name="wrong"/>, they cannot be used.</returns>
    public static Credentials? Read(string? certificate, string? key, out string? wrong)
    {
        wrong = (certificate is null) == (key is null) ? null : "--tls-cert and --tls-key belong together: a certificate, and its private key";
        if (certificate is null || key is null)
        {
            return null;
        }

        var credentials = Credentials.Read(new TlsFiles(certificate, key, null), out var fault);
        wrong = fault?.ToString();
        return credentials;
    }
}
