using System.Net;
using TeeChain.Protocol;

namespace TeeChain.Fleet.Haproxy;

/// <summary>How HAProxy speaks to nodes over TLS. Reads go through the teeproxies then: applications know no TLS.</summary>
/// <param name="AuthorityFile">As HAProxy's own configuration names it: a file that it has not loaded it does not take at run time.</param>
internal sealed record ServerTls(string AuthorityFile)
{
    /// <summary>HAProxy's words hold no spaces: a file that has some cannot be named.</summary>
    public bool IsWord => !AuthorityFile.Any(static letter => letter is <= ' ' or ';' or '\\' or '"' or '\'' or '#');

    /// <summary>
    /// What a <c>server</c> line says of it. HAProxy 2.6 compares a certificate's names, and no IP addresses: of a node that is known by
    /// one it only sees that the authority vouches for somebody.
    /// </summary>
    public string Keywords(string teeproxy) =>
        $"ssl verify required ca-file {AuthorityFile} check-ssl"
        + (Address.TryParse(teeproxy, out var address) && !IPAddress.TryParse(address.Host, out _) ? $" verifyhost {address.Host}" : "");
}
