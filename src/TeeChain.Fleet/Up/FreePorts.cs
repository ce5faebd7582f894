using System.Net;
using System.Net.Sockets;
using TeeChain.Fleet.Config;

namespace TeeChain.Fleet.Up;

/// <summary>Whether ports can be had, before a process says that they are not in a log that nobody reads.</summary>
internal static class FreePorts
{
    /// <summary>Of the fleet's own doors; null when all are free.</summary>
    public static string? WhyNot(FleetFile file, bool withStats) =>
        FilePorts.Of(file, 0).Where(run => run.Key != "stats-port" || withStats)
            .SelectMany(run => Enumerable.Range(run.First, run.Count).Select(port => WhyNot(port, run.Key, ""))).OfType<string>().FirstOrDefault();

    /// <summary>Of a worker; null when all are free.</summary>
    public static string? WhyNot(Place place, FleetFile file) =>
        WhyNot(place.AppPort(file), "worker-port", $", for the application of {place.Name},")
        ?? WhyNot(place.TeePort(file), "tee-port", $", for the teeproxy of {place.Name},")
        ?? WhyNot(place.AdminPort(file), "admin-port", $", for the admin port of {place.Name},");

    /// <summary>Whether somebody listens there, on any of this machine's addresses.</summary>
    public static bool IsTaken(int port) => Listen(port) == SocketError.AddressAlreadyInUse;

    private static string? WhyNot(int port, string key, string whose) => Listen(port) switch
    {
        SocketError.Success => null,
        SocketError.AddressAlreadyInUse => $"port {port}{whose} is in use; {key} moves it",
        SocketError.AccessDenied => $"port {port}{whose} is for root alone; {key} moves it",
        var error => $"port {port}{whose} cannot be listened on ({error}); {key} moves it",
    };

    private static SocketError Listen(int port)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Any, port)); // .NET sets SO_REUSEADDR itself: what only waits for late packets does not count
            socket.Listen(1);
            return SocketError.Success;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
    }
}
