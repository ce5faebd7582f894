using TeeChain.Protocol.Tls;

namespace TeeProxy.Options;

/// <summary>Reads <c>--tls-cert</c>, <c>--tls-key</c> and <c>--tls-ca</c>, and the files they name.</summary>
internal static class TlsFlags
{
    /// <returns>Null where none is given, or something is wrong.</returns>
    public static Credentials? Read(RunArguments arguments, ValueChecks values)
    {
        switch (arguments)
        {
            case { TlsCert: null, TlsKey: null, TlsCa: null }:
                return null;
            case { TlsCert: null, TlsKey: { } key }:
                values.Refuse(TlsFault.KeyFlag, key, "has no meaning without a certificate", "allowed: together with --tls-cert");
                return null;
            case { TlsCert: null, TlsCa: { } authorities }:
                values.Refuse(TlsFault.AuthoritiesFlag, authorities, "has no meaning without a certificate", "allowed: together with --tls-cert and --tls-key");
                return null;
            case { TlsCert: { } certificate, TlsKey: null }:
                values.Refuse(TlsFault.CertificateFlag, certificate, "has no meaning without its key", "allowed: together with --tls-key");
                return null;
        }

        var credentials = Credentials.Read(new TlsFiles(arguments.TlsCert, arguments.TlsKey!, arguments.TlsCa), out var fault);
        if (fault is not null)
        {
            values.Refuse(fault.Flag, fault.Path, fault.What, fault.Advice);
        }

        return credentials;
    }
}
