using System.Text.Json;
using TeeChain.Protocol;
using TeeChain.Protocol.Hop;
using TeeChain.Protocol.Status;
using TeeProxy.Acks;
using TeeProxy.Chain;
using TeeProxy.Delivery;

namespace TeeChain.Simulation.Model;

/// <summary>
/// One run of a node's process. The chain's own parts are the real ones, put together as in TeeProxy.Node; the hop
/// (<see cref="Upstream"/>, <see cref="Downstream"/>) and the delivery are modelled, as thinly as they can be.
/// </summary>
internal sealed class Node
{
    private static readonly TimeSpan MaxLag = TimeSpan.FromSeconds(1);

    private readonly Machine _machine;
    private readonly HeadLease _lease;
    private readonly LagWindow _headWindow;
    private readonly LagWindow _ownWindow;
    private readonly byte[] _detail;

    public Node(World world, Net net, Machine machine, AckLevel level)
    {
        (World, Net, _machine) = (world, net, machine);
        Process = new Process(world, machine.Name);
        Time = new Clock(world, Process, world.Next(0, 1 << 30), 0.99 + (world.Random.NextDouble() / 50));
        Journal = new Journal(world, Process, machine.Disk);
        _lease = new HeadLease(Time);
        _headWindow = new LagWindow(Time, MaxLag);
        _ownWindow = new LagWindow(Time, MaxLag);
        Beats = new Following<Beat>(Beat.None);
        Next = new Following<NextList>(NextList.Load(Disk.Files, machine.NextFlag));
        _detail = JsonSerializer.SerializeToUtf8Bytes(new NodeDetail { Address = machine.Address, Admin = "" }, ProtocolJson.Default.NodeDetail);

        if (!Disk.Files.Exists("membership.json"))
        {
            MembershipFile.Save(Disk.Files, new Membership { Node = world.NewGuid() });
        }

        var membership = MembershipFile.Load(Disk.Files);
        if (membership is not { Role: Role.Head, IsTakingOffice: false })
        {
            _ = Journal.SealAsync(); // Until this node leads, nothing of its own is recorded.
        }

        var settings = new ChainSettings(RolePin.Auto, machine.Address, "", Timeout.InfiniteTimeSpan);
        Member = new ChainMember(Disk.Files, Journal, membership, Next.Current.Addresses.Count > 0);
        Openings = new Openings(Member, Journal, settings, _lease, _headWindow, () => Applied);
        Office = new Office(Member, Journal, settings);
        HandOver = new HandOver(Member, Openings, Journal, Rows, Time);
        Pending = new Pending(this, level);
        Downstream = new Downstream(this);
        Upstream = new Upstream(this, new HeadFollower(_lease, _headWindow, Beats));
        Promotion = new Promotion(Member, Openings, Office, Journal, _lease, AskAsync, _ => Upstream.EndAsync(), () => { });
        Applied = Disk.Cursor;
    }

    public World World { get; }

    public Net Net { get; }

    public Process Process { get; }

    public Clock Time { get; }

    public Journal Journal { get; }

    public ChainMember Member { get; }

    public Openings Openings { get; }

    public Office Office { get; }

    public HandOver HandOver { get; }

    public Promotion Promotion { get; }

    public Following<Beat> Beats { get; }

    public Following<NextList> Next { get; }

    public RowTable Rows { get; } = new();

    public Pending Pending { get; }

    public Upstream Upstream { get; }

    public Downstream Downstream { get; }

    /// <summary>The last sequence before which nothing is undelivered to the application.</summary>
    public long Applied { get; private set; }

    /// <summary>Something changed that the predecessor wants to know.</summary>
    public Bell Progress { get; } = new();

    public Machine Machine => _machine;

    public Disk Disk => _machine.Disk;

    public Membership Membership => Member.Standing.Current.Membership;

    /// <summary>Whether the process can do anything now.</summary>
    public bool IsRunning => !Process.IsDead && !Process.IsStopped;

    public ReadyStatus Ready => ReadinessRule.Judge(new ReadinessRule.Facts
    {
        Standing = Member.Standing.Current,
        ApplicationDown = _machine.Application.IsDown ? "down" : null,
        JournalFault = null,
        IsDraining = false,
        Parked = 0,
        SuccessorRefusal = Downstream.Current is { IsConnected: false, Verdict: not null } ? "refused" : null,
        SinceHeartbeat = _lease.SinceRenewal,
        Lease = Pulse.Lease,
        Applied = Applied,
        HeadSequenceThen = _headWindow.Then(),
        OwnSequenceThen = _ownWindow.Then(),
        MaxLag = MaxLag,
    });

    /// <summary>Starts the loops and opens the door.</summary>
    public void Start()
    {
        var heart = new Heart(Member, Office, Journal, () => Applied, Rows, _lease, _headWindow, _ownWindow, Beats, Time);
        var confirmation = new Confirmation(Member, Openings, AskAsync, Time);
        Process.Start(() => heart.RunAsync(CancellationToken.None));
        Process.Start(() => confirmation.RunAsync(CancellationToken.None));
        Process.Start(new Delivery(this).RunAsync);
        Process.Start(RememberAsync);
        Process.Start(Pending.RunAsync);
        Process.Start(Downstream.RunAsync);
        Net.Listen(_machine.Address, _machine.Index, Process, end => _ = Upstream.ServeAsync(end));
    }

    public void Apply(long sequence)
    {
        Applied = Disk.Cursor = sequence;
        Progress.Ring();
    }

    /// <summary>What this node tells upstream: its own row, then those of the nodes behind it.</summary>
    public IEnumerable<AckRow> OwnRows()
    {
        var behind = Rows.Rows;
        var isWhole = Downstream.Current is null || (Downstream.IsFirstConnected && behind is [var nearest, ..] && nearest.Ack.State.HasFlag(AckState.Whole));
        var state = (isWhole ? AckState.Whole : 0) | (Membership.IsJoining ? AckState.Joining : 0);
        yield return new AckRow(Membership.Node, Journal.JournalId, Journal.Last.Sequence, Applied, Membership.View, state, _detail);
        foreach (var row in behind)
        {
            yield return row.Ack;
        }
    }

    /// <summary>As TeeProxy.Hop.Inquiry.</summary>
    private async Task<OpeningAnswer?> AskAsync(string address, Opening opening, TimeSpan patience, CancellationToken cancellation)
    {
        var dialled = Net.DialAsync(_machine.Index, Process, address);
        if (await First.OfAsync(dialled, Task.Delay(patience, Time, CancellationToken.None)) != dialled || await dialled is not { } end)
        {
            return null;
        }

        end.Send(opening);
        var answer = await end.ReceiveAsync(Time, patience) as OpeningAnswer;
        end.Close();
        return answer;
    }

    /// <summary>As TeeProxy.Delivery.Retention: what the rows confirm is remembered durably, but for what joins.</summary>
    private async Task RememberAsync()
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), Time, CancellationToken.None);
            var behind = Rows.Rows;
            if (behind.Count > 0 && Membership.Chain is not null)
            {
                var reached = Downstream.Current is { IsConnected: true } link && link.Peer == behind[0].Ack.Node ? link.Address : null;
                await Member.ChangeAsync(now => RememberRule.Remember(now, behind, reached), CancellationToken.None);
            }
        }
    }
}
