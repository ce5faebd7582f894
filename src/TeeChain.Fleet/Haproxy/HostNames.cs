using System.Net;
using System.Net.Sockets;
using TeeChain.Fleet.Registry;
using TeeChain.Protocol;

namespace TeeChain.Fleet.Haproxy;

/// <summary>
/// Turns workers' addresses into those of hosts, which HAProxy does not do for servers that are added while it runs. What was
/// found stands while a name cannot be resolved. For one caller at a time.
/// </summary>
internal sealed class HostNames(TimeProvider time)
{
    /// <summary>A node that moves is found within this time, and a name server is not asked each second.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, (string? Ip, long At)> _known = [];

    /// <param name="problems">Takes a sentence for each worker that cannot be used.</param>
    public async Task<IReadOnlyDictionary<Worker, WorkerPlace>> ResolveAsync(IReadOnlyList<Worker> workers, ICollection<string> problems, CancellationToken cancellation)
    {
        var places = new Dictionary<Worker, WorkerPlace>();
        foreach (var worker in workers)
        {
            if (!WantedServersRule.IsName(worker.Name))
            {
                problems.Add($"A worker's name is '{worker.Name}': HAProxy takes 1 to 64 of A-Z a-z 0-9 . _ -");
            }
            else if (await PlaceAsync(worker.Address, cancellation) is { } application
                && await PlaceAsync(worker.Teeproxy, cancellation) is { } teeproxy
                && await PlaceAsync(worker.Admin, cancellation) is { } admin)
            {
                places[worker] = new WorkerPlace(application, teeproxy, admin);
            }
            else
            {
                problems.Add($"{worker.Name}: one of {worker.Address}, {worker.Teeproxy} and {worker.Admin} cannot be resolved; it gets no requests");
            }
        }

        return places;
    }

    private async Task<IpPort?> PlaceAsync(string text, CancellationToken cancellation) =>
        Address.TryParse(text, out var address) && await IpAsync(address.Host, cancellation) is { } ip ? new IpPort(ip, address.Port) : null;

    private async Task<string?> IpAsync(string host, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return literal.ToString();
        }

        if (_known.TryGetValue(host, out var known) && time.GetElapsedTime(known.At) < Fresh)
        {
            return known.Ip;
        }

        var ip = await LookUpAsync(host, cancellation) ?? known.Ip;
        _known[host] = (ip, time.GetTimestamp());
        return ip;
    }

    private async Task<string?> LookUpAsync(string host, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            var found = (await Dns.GetHostAddressesAsync(host, either.Token)).Where(ip => ip.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6);
            // The same each time, however a name server turns them.
            return found.OrderBy(ip => ip.AddressFamily).ThenBy(ip => ip.ToString(), StringComparer.Ordinal).FirstOrDefault()?.ToString();
        }
        catch (Exception exception) when (exception is SocketException || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }
}
