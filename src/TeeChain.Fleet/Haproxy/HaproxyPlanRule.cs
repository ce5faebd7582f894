namespace TeeChain.Fleet.Haproxy;

/// <summary>
/// What to say to HAProxy so that it has the wanted servers and sends nothing to others. Every way into the turns goes through
/// <c>drain</c> and <c>health down</c>: HAProxy takes a server that leaves maintenance for healthy until its first check fails,
/// and a read would go to who is not in step, a first write to who must not found a chain. Pure.
/// </summary>
internal static class HaproxyPlanRule
{
    /// <param name="members">All of the fleet: who is of it, but not wanted, because it is not known where it is, stays as it is.</param>
    /// <param name="seen">What HAProxy has in its backends.</param>
    /// <param name="backends">Those that HAProxy has.</param>
    /// <param name="deletable">Servers that were added while HAProxy runs and that serve nobody now. Others are of its configuration, or busy.</param>
    /// <param name="keywords">What a backend's servers are given, as on a <c>server</c> line.</param>
    /// <returns>First who leaves, so that <c>writes_first</c> never has two.</returns>
    public static IReadOnlyList<ServerChange> Changes(
        IReadOnlyList<WantedServer> wanted, IReadOnlySet<ServerId> members, IReadOnlyList<SeenServer> seen, IReadOnlySet<string> backends,
        IReadOnlySet<ServerId> deletable, Func<string, string> keywords)
    {
        var there = seen.ToDictionary(server => server.Id);
        return
        [
            .. seen.Where(server => !members.Contains(server.Id)).Select(server => Leave(server, deletable)).OfType<ServerChange>(),
            .. from server in wanted
               where backends.Contains(server.Id.Backend)
               let change = there.TryGetValue(server.Id, out var now) ? Change(server, now) : Add(server, keywords(server.Id.Backend))
               where change is not null
               select change,
        ];
    }

    private static ServerChange? Leave(SeenServer server, IReadOnlySet<ServerId> deletable) =>
        server.Turn != Turn.Maint ? new ServerChange(server.Id, "is not in the fleet", [State(server.Id, "maint")])
        : deletable.Contains(server.Id) ? new ServerChange(server.Id, "is removed", [$"del server {server.Id}"])
        : null;

    private static ServerChange? Add(WantedServer server, string keywords) =>
        server.Turn == Turn.Maint ? null : new ServerChange(
            server.Id,
            $"joins at {server.Address}:{server.Port}",
            [
                $"add server {server.Id} {server.Placement} {keywords}",
                $"enable health {server.Id}",
                .. Turned(server.Id, Turn.Maint, server.Turn),
            ])
        {
            IsAddition = true,
        };

    private static ServerChange? Change(WantedServer server, SeenServer now)
    {
        if (!now.IsWhere(server))
        {
            // What is known of its health is of where it was.
            return new ServerChange(
                server.Id,
                $"moves to {server.Address}:{server.Port}",
                [
                    State(server.Id, "maint"),
                    $"set server {server.Id} addr {server.Address} port {server.Port}",
                    $"set server {server.Id} check-addr {server.CheckAddress} port {server.CheckPort}",
                    $"enable health {server.Id}",
                    .. Turned(server.Id, Turn.Maint, server.Turn),
                ]);
        }

        string[] commands = [.. now.IsChecked ? [] : (string[])[$"enable health {server.Id}"], .. Turned(server.Id, now.Turn, server.Turn)];
        return commands.Length == 0 ? null : new ServerChange(server.Id, $"is to be {server.Turn.ToString().ToLowerInvariant()}", commands);
    }

    private static string[] Turned(ServerId id, Turn from, Turn to) => (from, to) switch
    {
        _ when from == to => [],
        (_, Turn.Maint) => [State(id, "maint")],
        (Turn.Maint, Turn.Drain) => [State(id, "drain"), $"set server {id} health down"],
        (Turn.Maint, _) => [State(id, "drain"), $"set server {id} health down", State(id, "ready")],
        (_, Turn.Drain) => [State(id, "drain")],
        _ => [State(id, "ready")],
    };

    private static string State(ServerId id, string state) => $"set server {id} state {state}";
}

/// <summary>What is said of one server, in this order.</summary>
/// <param name="What">Completes "reads/remus …", for the log.</param>
internal sealed record ServerChange(ServerId Server, string What, IReadOnlyList<string> Commands)
{
    public bool IsAddition { get; init; }
}
