using System.Net;
using System.Net.Sockets;
using TeeChain.Fleet.Config;

namespace TeeChain.Fleet.Up;

/// <summary>Whether ports are free, before a process says that they are not in a log that nobody reads.</summary>
internal static class FreePorts
{
    /// <summary>Of the fleet's own doors; null when all are free.</summary>
    public static string? WhyNot(FleetFile file, bool withStats)
    {
        foreach (var run in FilePorts.Of(file, 0).Where(run => run.Key != "stats-port" || withStats))
        {
            for (var port = run.First; port <= run.Last; port++)
            {
                if (IsTaken(port))
                {
                    return Taken(port, run.Key, "");
                }
            }
        }

        return null;
    }

    /// <summary>Of a worker; null when all are free.</summary>
    public static string? WhyNot(Place place, FleetFile file) =>
        IsTaken(place.AppPort(file)) ? Taken(place.AppPort(file), "worker-port", $", for the application of {place.Name},")
        : IsTaken(place.TeePort(file)) ? Taken(place.TeePort(file), "tee-port", $", for the teeproxy of {place.Name},")
        : IsTaken(place.AdminPort(file)) ? Taken(place.AdminPort(file), "admin-port", $", for the admin port of {place.Name},")
        : null;

    private static string Taken(int port, string key, string whose) => $"port {port}{whose} is in use; {key} moves it";

    /// <summary>Whether somebody listens there, on any of this machine's addresses.</summary>
    public static bool IsTaken(int port)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Any, port)); // .NET sets SO_REUSEADDR itself: what only waits for late packets does not count
            socket.Listen(1);
            return false;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return true;
        }
    }
}
