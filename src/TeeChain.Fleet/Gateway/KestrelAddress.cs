using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using TeeChain.Protocol;

namespace TeeChain.Fleet.Gateway;

internal static class KestrelAddress
{
    /// <summary>All addresses that the host's name has.</summary>
    public static void Listen(this KestrelServerOptions kestrel, Address address)
    {
        var addresses = IPAddress.TryParse(address.Host, out var ip) ? [ip] : Dns.GetHostAddresses(address.Host);
        foreach (var one in addresses)
        {
            kestrel.Listen(one, address.Port);
        }
    }

    /// <summary>Whether a start failed because somebody has the address.</summary>
    public static bool IsInUse(Exception? failure) => failure is not null && (failure is AddressInUseException || IsInUse(failure.InnerException));
}
