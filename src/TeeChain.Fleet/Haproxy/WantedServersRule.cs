using TeeChain.Fleet.Registry;

namespace TeeChain.Fleet.Haproxy;

/// <summary>
/// Which servers each backend should have, for a fleet. Reads are for who is present; if nobody is, for everybody whose checks
/// pass, because then it is the registry that is out of reach, and not all the nodes. For writes a worker's presence says
/// nothing: the confirmed head alone passes the check. Pure.
/// </summary>
internal static class WantedServersRule
{
    /// <param name="view">Without workers it says nothing: see <see cref="IsKnown"/>.</param>
    /// <param name="places">Where each worker is, for those whose names were resolved.</param>
    /// <param name="tls">Null: nodes speak without TLS.</param>
    public static IReadOnlyList<WantedServer> From(FleetView view, IReadOnlyDictionary<Worker, WorkerPlace> places, ServerTls? tls = null)
    {
        var nobodyPresent = view.Workers.All(worker => worker.State != WorkerState.Present);
        return
        [
            .. from backend in Backends.All
               from worker in Of(backend, view)
               where places.ContainsKey(worker)
               let place = places[worker]
               let isWrite = backend is Backends.Writes or Backends.WritesFirst
               let turn = isWrite ? Turn.Ready : ReadTurn(worker.State, nobodyPresent)
               let server = isWrite || tls is not null ? place.Teeproxy : place.Application
               select new WantedServer(new ServerId(backend, worker.Name), server.Ip, server.Port, place.Admin.Ip, place.Admin.Port, turn)
               {
                   Tls = tls?.Keywords(worker.Teeproxy) ?? "",
               },
        ];
    }

    /// <summary>Who may be in a backend, whether or not it is known where they are.</summary>
    public static IReadOnlySet<ServerId> Members(FleetView view) =>
        Backends.All.SelectMany(backend => Of(backend, view).Select(worker => new ServerId(backend, worker.Name))).ToHashSet();

    /// <summary>Before the registry was heard, and where it has lost its memory, HAProxy is left as it is.</summary>
    public static bool IsKnown(FleetView view) => view.Workers.Count > 0;

    /// <summary>Whether HAProxy's commands can carry the name: it comes from another process.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static IEnumerable<Worker> Of(string backend, FleetView view) =>
        (backend == Backends.WritesFirst ? view.Workers.Take(1) : view.Workers).DistinctBy(worker => worker.Name);

    private static Turn ReadTurn(WorkerState state, bool nobodyPresent) => state switch
    {
        WorkerState.Present => Turn.Ready,
        WorkerState.Draining => Turn.Drain,
        _ => nobodyPresent ? Turn.Ready : Turn.Maint,
    };
}

/// <summary>A worker's three addresses, resolved.</summary>
internal sealed record WorkerPlace(IpPort Application, IpPort Teeproxy, IpPort Admin);

/// <param name="Ip">As HAProxy writes it: <c>127.0.0.1</c>, <c>::1</c>.</param>
internal readonly record struct IpPort(string Ip, int Port);
