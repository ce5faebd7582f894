using System.Globalization;
using System.Reflection;
using TeeChain.Journaling;
using TeeChain.Protocol.Hop;
using TeeChain.Protocol.Status;
using TeeChain.Protocol.Tls;
using TeeProxy.Acks;
using TeeProxy.Application;
using TeeProxy.Chain;
using TeeProxy.Delivery;
using TeeProxy.Delivery.Parking;
using TeeProxy.Hop;
using TeeProxy.Inspection;
using TeeProxy.Options;

namespace TeeProxy.Status;

/// <summary>Puts a node's state together for everybody who looks: the admin port, the metrics, the nodes upstream. Thread-safe.</summary>
internal sealed class StatusSource(
    NodeOptions options,
    Journal journal,
    ChainMember member,
    HeadLease lease,
    LagWindow headWindow,
    LagWindow ownWindow,
    Progress progress,
    RowTable rows,
    ApplicationHealth health,
    LocalCursor cursor,
    Comparison comparison,
    Problems problems,
    Departure departure,
    FleetNews fleet,
    SuccessorList successors,
    Following<NextList> next,
    ParkedWrites parked,
    Watch watch,
    CredentialsWatch? credentials,
    TimeProvider time)
{
    private const int MostListed = 100;

    private const int LongestReason = 240;

    /// <summary>What people read may be so old: acks may flow a thousand times a second.</summary>
    private static readonly TimeSpan DetailAge = TimeSpan.FromMilliseconds(200);

    private readonly long _started = time.GetTimestamp();
    private volatile Told? _told;

    private sealed record Told(NodeDetail Detail, long At);

    /// <summary>The release, without the commit.</summary>
    public static string Version { get; } =
        typeof(StatusSource).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>The link from the node before. Set by the composition, before anybody looks.</summary>
    public PredecessorLink? Predecessor { get; set; }

    public ReadyStatus Ready() => ReadinessRule.Judge(new ReadinessRule.Facts
    {
        Standing = member.Standing.Current,
        ApplicationDown = health.Current is { IsUp: false, Why: var why } ? why : null,
        JournalFault = NotLive(),
        IsDraining = departure.IsDraining,
        Parked = parked.All.Count,
        SuccessorRefusal = successors.Current?.Status is { Connected: false, Verdict: not (null or nameof(Verdict.Accept)), Why: var refusal } ? $"the successor refuses this node: {refusal}" : null,
        Fleet = fleet.Chain,
        SinceHeartbeat = lease.SinceRenewal,
        Lease = Pulse.Lease,
        Applied = progress.Applied,
        HeadSequenceThen = headWindow.Then(),
        OwnSequenceThen = ownWindow.Then(),
        MaxLag = options.MaxLag,
    });

    /// <summary>Why the process is of no use any more; null while it is.</summary>
    public string? NotLive() => journal.Faulted.IsCompletedSuccessfully ? $"the journal is faulted: {journal.Faulted.Result.Message}" : null;

    /// <summary>What this node's own ACK row claims, given the rows behind it.</summary>
    public (AckState State, NodeDetail Detail) Claims(IReadOnlyList<RowTable.Row> behind)
    {
        var ready = Ready().Read;
        var state = (IsWhole(behind) ? AckState.Whole : 0) | (ready.Ok ? AckState.Readable : 0) | (departure.IsDraining ? AckState.Draining : 0)
            | (member.Standing.Current.Membership.IsJoining ? AckState.Joining : 0)
            | (parked.All.Count > 0 ? AckState.Parked : 0);
        return (state, Detail());
    }

    /// <summary>What this node says of itself; the same object until something in it is another.</summary>
    private NodeDetail Detail()
    {
        var told = _told;
        if (told is not null && time.GetElapsedTime(told.At) < DetailAge)
        {
            return told.Detail;
        }

        var ready = Ready();
        var membership = member.Standing.Current.Membership;
        var detail = new NodeDetail
        {
            Address = options.Listen.Told.ToString(),
            Admin = options.Admin.Told.ToString(),
            Divergences = comparison.Divergences,
            Redelivered = cursor.Redelivered,
            Parked = parked.All.Count,
            NotReadable = Short(ready.Read.Why),
            Name = options.Registration?.Name,
            Role = RoleOf(membership),
            Epoch = membership.Epoch,
            LagSeconds = Math.Round(Lag(progress.Applied), 1),
            WritesPerSecond = watch.WritesPerSecond,
            Ready = new ReadyStatus(Short(ready.Write), Short(ready.Read), Short(ready.Stale)),
            Successors = [.. successors.Status.Select(static next => next with { Why = Short(next.Why) })],
        };
        if (told is not null && detail.SaysTheSameAs(told.Detail))
        {
            detail = told.Detail;
        }

        _told = new Told(detail, time.GetTimestamp());
        return detail;
    }

    public NodeStatus Status()
    {
        var membership = member.Standing.Current.Membership;
        var last = journal.Last;
        var applied = progress.Applied;
        var head = membership.Role == Role.Head ? last.Sequence : Math.Max(lease.Last.LastSequence, last.Sequence);
        return new NodeStatus
        {
            Version = Version,
            NodeId = membership.Node,
            JournalId = journal.JournalId,
            Chain = membership.Chain,
            Role = RoleOf(membership),
            Epoch = membership.Epoch,
            Head = membership.Head,
            HeadAddress = membership.HeadAddress,
            Address = options.Listen.Told.ToString(),
            Admin = options.Admin.Told.ToString(),
            Local = options.Local.ToString(),
            FirstSequence = journal.FirstSequence,
            LastSequence = last.Sequence,
            LastCrc = Hex(last.Crc),
            AppliedSequence = applied,
            HeadSequence = head,
            LagEntries = Math.Max(0, head - applied),
            LagSeconds = Lag(applied),
            JournalBytes = journal.Bytes,
            HeldBytes = journal.HeldBytes,
            Application = new ApplicationStatus(health.Current.IsUp, health.Current.Why),
            Next = successors.Current?.Status,
            Successors = successors.Status,
            NextVersion = next.Current.Version,
            Previous = Predecessor?.Status,
            Nodes = membership.Nodes,
            Detached = [.. membership.Known.Where(known => known.IsDetached).Select(known => new ChainNode(known.Node, known.Address))],
            Rows = [.. rows.Rows.Select(Describe)],
            Places = Places(membership, head),
            Ready = Ready(),
            Whole = IsWhole(rows.Rows),
            Draining = departure.IsDraining,
            Redelivered = cursor.Redelivered,
            Parked = parked.All.Count,
            ParkedWrites = [.. parked.All.Take(MostListed).Select(one => one.ToStatus())],
            Orphans = membership.OrphansFrom is { } orphan ? new OrphanStatus(orphan, last.Sequence, OrphanExport.PathIn(options.Data, orphan)) : null,
            Compare = comparison.Mode.ToString().ToLowerInvariant(),
            CompareIgnore = comparison.Mask.Items,
            ComparedByStatusAlone = comparison.ByStatusAlone,
            Divergences = comparison.Divergences,
            RecentDivergences = comparison.Recent,
            Problems = problems.Snapshot(),
            Tls = credentials is { Current: var own, Problem: var wrong } ? new TlsStatus(own.Expires, own.IsMutual, wrong) : null,
            UptimeSeconds = time.GetElapsedTime(_started).TotalSeconds,
        };
    }

    public StatusAt At(long sequence)
    {
        var applied = progress.Applied;
        if (sequence > applied)
        {
            return new StatusAt(sequence, false, applied, null, null, $"the application is only at {applied}");
        }

        if (!journal.TryGetPosition(sequence, out var position))
        {
            return new StatusAt(sequence, false, applied, null, null, $"the journal keeps records from {journal.FirstSequence} on");
        }

        if (parked.All.FirstOrDefault(one => one.Sequence <= sequence) is { } waiting)
        {
            return new StatusAt(sequence, false, applied, Hex(position.Crc), null, $"write {waiting.Sequence} is parked");
        }

        return cursor.Digest.At(sequence) is { } digest
            ? new StatusAt(sequence, true, applied, Hex(position.Crc), digest.ToString("x16", CultureInfo.InvariantCulture), null)
            : new StatusAt(sequence, false, applied, Hex(position.Crc), null, $"the digest is remembered for the last {DeliveredDigest.Remembered} records of this run only");
    }

    /// <summary>The chain, with this node as it is now among the others as they were last heard of.</summary>
    private IReadOnlyList<PlaceStatus> Places(Membership membership, long head)
    {
        var (state, detail) = Claims(rows.Rows);
        var own = new Sighting(new AckRow(membership.Node, journal.JournalId, journal.Last.Sequence, progress.Applied, membership.View, state, default), detail, TimeSpan.Zero, IsTold: true);
        return PlaceRule.Draw(new PlaceRule.Facts(
            membership.Node,
            membership.Head,
            head,
            [.. watch.Look().Select(one => (one.Node, one.Seen ?? own))],
            membership.Chain is null ? [] : [.. membership.Nodes.Concat(membership.Announced).Concat(membership.Others).DistinctBy(static node => node.Node)],
            [.. membership.Known.Where(static known => known.IsDetached).Select(static known => known.Node)],
            Predecessor?.Status));
    }

    private double Lag(long applied) => Math.Max(headWindow.Behind(applied).TotalSeconds, ownWindow.Behind(applied).TotalSeconds);

    private static string RoleOf(Membership membership) => membership.Role.ToString().ToLowerInvariant();

    /// <summary>A reason may quote what another process said; a row is to stay small.</summary>
    private static string? Short(string? why) => why is { Length: > LongestReason } ? why[..LongestReason] + "…" : why;

    private static Readiness Short(Readiness readiness) => readiness with { Why = Short(readiness.Why) };

    private bool IsWhole(IReadOnlyList<RowTable.Row> behind) =>
        successors.Current is null || (successors.IsFirstConnected && behind is [var nearest, ..] && nearest.Ack.State.HasFlag(AckState.Whole));

    private static RowStatus Describe(RowTable.Row row) => new(
        row.Ack.Node,
        row.Ack.Journal,
        row.Ack.Durable,
        row.Ack.Applied,
        row.Ack.State.HasFlag(AckState.Readable),
        row.Ack.State.HasFlag(AckState.Whole),
        row.Detail);

    private static string Hex(uint crc) => crc.ToString("x8", CultureInfo.InvariantCulture);
}
