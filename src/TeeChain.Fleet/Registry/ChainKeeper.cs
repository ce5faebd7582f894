using TeeChain.Fleet.Nodes;
using TeeChain.Protocol.Status;

namespace TeeChain.Fleet.Registry;

/// <summary>
/// Keeps the chain wired as the registry's order wants it: reads every node's <c>/status</c>, tells the registry the order that
/// is, and replaces successors through <c>PUT /admin/next</c> where they are others. What stands in the way is in the registry's
/// view. Thread-safe: steps run one after another.
/// </summary>
internal sealed class ChainKeeper(FleetRegistry registry, NodeClient nodes, TimeProvider time) : IDisposable
{
    /// <summary>Between two looks: a second is what a newcomer waits for its predecessor at most.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>For so long nothing must be heard before it is called a problem: nodes that start or stop do not answer for a moment.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim _oneStep = new(1);
    private readonly Dictionary<string, long> _silentSince = []; // under _oneStep
    private volatile ChainOrderRule.Plan _plan = ChainOrderRule.Judge([]);
    private volatile IReadOnlyDictionary<string, NodeStatus> _statuses = new Dictionary<string, NodeStatus>();

    /// <summary>As of the last step.</summary>
    public ChainOrderRule.Plan Plan => _plan;

    /// <summary>Of the workers whose status could be read at the last step, by name.</summary>
    public IReadOnlyDictionary<string, NodeStatus> Statuses => _statuses;

    /// <summary>How far a newcomer is, as of the last step.</summary>
    public JoinState JoinStateOf(string name) =>
        JoinRule.Judge(_plan, name, registry.Roster.Find(name) is { } seat ? new ChainOrderRule.Seen(seat, _statuses.GetValueOrDefault(name)) : null);

    /// <summary>Ends when cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await StepAsync(cancellation);
                await Task.Delay(Interval, time, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to.
        }
    }

    /// <summary>Looks at all nodes once and wires what is to be wired.</summary>
    public async Task StepAsync(CancellationToken cancellation)
    {
        await _oneStep.WaitAsync(cancellation);
        try
        {
            var replies = await Task.WhenAll(registry.Roster.Seats.Select(async seat => (Seat: seat, Reply: await nodes.StatusAsync(seat.Worker.Admin, cancellation))));
            List<string> problems = [.. replies.Select(one => Missed(one.Seat.Worker, one.Reply)).OfType<string>()];
            ChainOrderRule.Seen[] seen = [.. replies.Select(one => new ChainOrderRule.Seen(one.Seat, one.Reply.Value, IsLost(one.Seat.Name)))];
            var plan = ChainOrderRule.Judge(seen);
            _statuses = replies.Where(static one => one.Reply.IsOk).ToDictionary(static one => one.Seat.Name, static one => one.Reply.Value!);
            _plan = plan;
            problems.AddRange([.. plan.Problems, .. Remember(plan)]);
            foreach (var newcomer in seen)
            {
                if (JoinRule.GapOf(plan, newcomer) is { } gap)
                {
                    registry.MarkGap(newcomer.Name, gap); // The next step takes it off the lists.
                }
            }

            foreach (var wish in plan.Wishes)
            {
                problems.AddRange(await WireAsync(wish, cancellation) is { } why ? [why] : []);
            }

            registry.Report(problems);
        }
        finally
        {
            _oneStep.Release();
        }
    }

    public void Dispose() => _oneStep.Dispose();

    private string? Missed(Worker worker, Reply<NodeStatus> reply)
    {
        if (reply.IsOk)
        {
            _silentSince.Remove(worker.Name);
        }
        else
        {
            _silentSince.TryAdd(worker.Name, time.GetTimestamp());
        }

        return IsLost(worker.Name) ? $"{worker.Name} keeps its place, but its status cannot be read: {reply.Why}" : null;
    }

    private bool IsLost(string name) => _silentSince.TryGetValue(name, out var since) && time.GetElapsedTime(since) >= Patience;

    private IEnumerable<string> Remember(ChainOrderRule.Plan plan)
    {
        try
        {
            foreach (var member in plan.Members)
            {
                registry.Meet(member.Name, member.Status!.NodeId);
            }

            registry.Arrange(plan.Order);
            return [];
        }
        catch (IOException e)
        {
            return [$"The registry cannot be written down ({e.Message}); it stays what it was."];
        }
    }

    /// <summary>Why not; null when the node has the successors that it should have.</summary>
    private async Task<string?> WireAsync(ChainOrderRule.Wish wish, CancellationToken cancellation)
    {
        // The status may be a moment behind the list, and replacing a list by itself would interrupt the streams.
        var present = await nodes.NextAsync(wish.Worker.Admin, cancellation);
        if (present.Value is not { } list)
        {
            return Failed(present.Why);
        }

        if (list.Next.SequenceEqual(wish.Next))
        {
            return null;
        }

        var replaced = await nodes.SetNextAsync(wish.Worker.Admin, list.Version, wish.Next, cancellation);
        return replaced.IsOk || replaced.Status == StatusCodes.Status412PreconditionFailed ? null : Failed(replaced.Why);

        string Failed(string? why) => $"{wish.Worker.Name} should have {(wish.Next.Count > 0 ? string.Join(", ", wish.Next) : "nobody")} for successors, and cannot be told: {why}";
    }
}
