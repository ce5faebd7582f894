using TeeChain.Protocol.Hop;

namespace TeeChain.Protocol.Status;

/// <summary>What <c>/status</c> answers: a node as it is. Paths stand without their query, bodies never.</summary>
public sealed record NodeStatus
{
    public required string Version { get; init; }

    public required Guid NodeId { get; init; }

    public required Guid JournalId { get; init; }

    /// <summary>The chain's id; null before the first write of its life.</summary>
    public Guid? Chain { get; init; }

    /// <summary><c>undecided</c>, <c>head</c> or <c>replica</c>.</summary>
    public required string Role { get; init; }

    public required long Epoch { get; init; }

    public Guid? Head { get; init; }

    public string? HeadAddress { get; init; }

    public required string Address { get; init; }

    public required string Admin { get; init; }

    /// <summary>The application's address.</summary>
    public required string Local { get; init; }

    public required long FirstSequence { get; init; }

    public required long LastSequence { get; init; }

    /// <summary>CRC of the last record, 8 hexadecimal digits.</summary>
    public required string LastCrc { get; init; }

    public required long AppliedSequence { get; init; }

    /// <summary>The head's last sequence as of the last heartbeat.</summary>
    public required long HeadSequence { get; init; }

    public required long LagEntries { get; init; }

    public required double LagSeconds { get; init; }

    public required long JournalBytes { get; init; }

    /// <summary>Bytes that some node still needs; the budget counts these.</summary>
    public required long HeldBytes { get; init; }

    public required ApplicationStatus Application { get; init; }

    /// <summary>The successor that has the stream.</summary>
    public NextStatus? Next { get; init; }

    /// <summary>All successors of the list, in its order.</summary>
    public IReadOnlyList<NextStatus> Successors { get; init => field = value ?? []; } = [];

    /// <summary>The version of that list: 0 is the flag's.</summary>
    public long NextVersion { get; init; }

    public PreviousStatus? Previous { get; init; }

    /// <summary>Every node that counts, the head first, as the head last told.</summary>
    public IReadOnlyList<ChainNode> Nodes { get; init => field = value ?? []; } = [];

    /// <summary>
    /// The nodes behind this one that the head let go of, because what they had not applied filled its journal. They are taken
    /// back while what they need is kept; else <see cref="Problems"/> says that they must be seeded.
    /// </summary>
    public IReadOnlyList<ChainNode> Detached { get; init => field = value ?? []; } = [];

    /// <summary>The nodes behind this one, nearest first.</summary>
    public required IReadOnlyList<RowStatus> Rows { get; init; }

    /// <summary>The whole chain as this node knows it, in the order of the linked list, the head first; this node is one of them.</summary>
    public IReadOnlyList<PlaceStatus> Places { get; init => field = value ?? []; } = [];

    public required ReadyStatus Ready { get; init; }

    public required bool Whole { get; init; }

    public required bool Draining { get; init; }

    public required long Redelivered { get; init; }

    public required int Parked { get; init; }

    /// <summary>What is parked, oldest first, at most 100.</summary>
    public IReadOnlyList<ParkedStatus> ParkedWrites { get; init => field = value ?? []; } = [];

    /// <summary>What only this node holds, because its head was replaced; null when there is nothing.</summary>
    public OrphanStatus? Orphans { get; init; }

    /// <summary>What is compared: <c>status</c>, <c>body</c> or <c>off</c>.</summary>
    public string Compare { get; init => field = value ?? "status"; } = "status";

    /// <summary>What the comparison of bodies leaves out.</summary>
    public IReadOnlyList<string> CompareIgnore { get; init => field = value ?? []; } = [];

    /// <summary>Answers of this run whose bodies should have been compared and were not: one of the digests is missing, or leaves out other things.</summary>
    public long ComparedByStatusAlone { get; init; }

    public required long Divergences { get; init; }

    /// <summary>The newest divergences, newest first, at most 100.</summary>
    public required IReadOnlyList<Divergence> RecentDivergences { get; init; }

    /// <summary>What an operator should know: refused openings, foreign chains, cycles. Newest first.</summary>
    public required IReadOnlyList<Problem> Problems { get; init; }

    /// <summary>Null where the node speaks without TLS.</summary>
    public TlsStatus? Tls { get; init; }

    public required double UptimeSeconds { get; init; }
}

/// <summary>A node's certificate.</summary>
/// <param name="Mutual">Whether nodes show each other certificates.</param>
/// <param name="Problem">Why a replaced certificate is not in use, or that it has expired; null when all is well.</param>
public sealed record TlsStatus(DateTimeOffset Expires, bool Mutual, string? Problem);

/// <summary>Whether the application answers its health check.</summary>
public sealed record ApplicationStatus(bool Up, string? Why);

/// <summary>The stream to the next node.</summary>
/// <param name="Address">As configured.</param>
/// <param name="Connected">Whether entries flow.</param>
/// <param name="Node">Who answered there, as far as known.</param>
/// <param name="AckedSequence">The last sequence on the next node's disk, as far as known.</param>
/// <param name="Verdict">The last opening's verdict, if one was answered.</param>
/// <param name="Why">Why entries do not flow.</param>
public sealed record NextStatus(string Address, bool Connected, Guid? Node, long AckedSequence, string? Verdict, string? Why)
{
    /// <summary>Of a list of successors: <c>stream</c> has the stream, <c>catchup</c> was gone past, <c>spare</c> is behind the one that has it.</summary>
    public string? Part { get; init; }
}

/// <summary>Records that the chain went on without.</summary>
/// <param name="From">The first of them.</param>
/// <param name="Through">The last.</param>
/// <param name="File">Where the writes among them are exported to.</param>
public sealed record OrphanStatus(long From, long Through, string File);

/// <summary>The stream from the node before.</summary>
public sealed record PreviousStatus(Guid Node, string Address, bool Connected, double SecondsSinceHeartbeat);

/// <summary>A node behind this one.</summary>
public sealed record RowStatus(Guid Node, Guid Journal, long Durable, long Applied, bool Readable, bool Whole, NodeDetail? Detail);

/// <summary>The three readiness answers.</summary>
public sealed record ReadyStatus(Readiness Write, Readiness Read, Readiness Stale);

/// <summary>One of them.</summary>
/// <param name="Ok">Whether <c>/readyz/…</c> answers 200.</param>
/// <param name="Why">Why not; null when it does.</param>
public sealed record Readiness(bool Ok, string? Why)
{
    public static readonly Readiness Yes = new(true, null);

    public static Readiness No(string why) => new(false, why);
}

/// <summary>A write that this node's application answered differently from the head's.</summary>
public sealed record Divergence(long Sequence, string Method, string Path, Guid Node, int Status, int HeadStatus, DateTimeOffset Seen)
{
    /// <summary>Of this node's answer, 16 hexadecimal digits; null where bodies are not compared.</summary>
    public string? Digest { get; init; }

    /// <summary>Of the head's.</summary>
    public string? HeadDigest { get; init; }
}

/// <summary>A write that this node's application kept refusing while the head's took it: set aside until an operator retries or drops it.</summary>
/// <param name="Bytes">Of its body.</param>
/// <param name="Status">What this node's application last answered.</param>
public sealed record ParkedStatus(long Sequence, string Method, string Path, long Bytes, int Status, int HeadStatus, DateTimeOffset Since);

/// <summary>Something that keeps nodes apart until somebody acts.</summary>
/// <param name="Verdict">The refusal's name.</param>
/// <param name="Peer">Who it concerns.</param>
/// <param name="Text">What, where, and what to do.</param>
public sealed record Problem(string Verdict, string Peer, string Text, DateTimeOffset Since, long Times);
