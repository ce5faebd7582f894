using System.Globalization;
using TeeChain.Protocol.Status;
using TeeProxy.Delivery.Comparing;

namespace TeeProxy.Delivery;

/// <summary>
/// Own answers meet the head's, whichever comes first: an own answer waits here until the head's outcome is read, and is
/// remembered in the cursor's notes meanwhile; an outcome waits while the write is still on its way to the application.
/// On the head an own answer waits until its outcome is committed. Thread-safe.
/// </summary>
/// <remarks>
/// Digests are compared where both are known and leave out the same: an own one is forgotten with the process, and a head may compare
/// statuses alone, or mask otherwise.
/// </remarks>
/// <param name="describe">Method and path of a write.</param>
internal sealed partial class Comparison(
    Guid node, CursorNotes notes, Func<long, (string Method, string Path)> describe, CompareMode mode, AnswerMask mask, TimeProvider time, ILogger<Comparison> log)
{
    private const int MostListed = 100;

    private readonly Lock _gate = new();

    // Under _gate, so that a snapshot has a divergence either as the two answers to come or counted.
    // Invariant: a row has at most one of the two statuses; the other is 0.
    private readonly Unsettled _rows = From(notes);
    private readonly Queue<Divergence> _recent = new();
    private long _divergences = notes.Divergences;
    private long _byStatusAlone;

    /// <summary>What is compared.</summary>
    public CompareMode Mode => mode;

    public AnswerMask Mask => mask;

    /// <summary>This node's answers where they are looked at; null where only statuses are.</summary>
    public KeptAnswers? Answers { get; } = mode == CompareMode.Body ? new KeptAnswers() : null;

    /// <summary>How many answers of this run were compared by status alone though bodies should be.</summary>
    public long ByStatusAlone => Interlocked.Read(ref _byStatusAlone);

    public long Divergences => Interlocked.Read(ref _divergences);

    /// <summary>The newest divergences, newest first.</summary>
    public IReadOnlyList<Divergence> Recent
    {
        get
        {
            lock (_gate)
            {
                return [.. _recent.Reverse()];
            }
        }
    }

    /// <summary>How many own answers wait for the head's.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _rows.OwnCount;
            }
        }
    }

    /// <summary>How many divergences there were, and the own answers that still wait, oldest first: as they were at one moment.</summary>
    public (long Divergences, IReadOnlyList<KeyValuePair<long, int>> Unsettled) Snapshot()
    {
        lock (_gate)
        {
            return (_divergences, _rows.Own());
        }
    }

    /// <summary>The write is on its way to the application: an answer of an earlier run does not count, and the head's outcome may wait.</summary>
    public void Begin(long sequence)
    {
        lock (_gate)
        {
            _rows.Put(sequence, own: 0, heads: 0);
        }
    }

    /// <summary>This node's application answered.</summary>
    /// <param name="digest">0 where there is none.</param>
    public void Answered(long sequence, int status, ulong digest = 0)
    {
        bool isSame;
        int heads;
        ulong headDigest;
        lock (_gate)
        {
            _rows.TryGet(sequence, out _, out heads, out headDigest, out var headMask);
            if (heads == 0)
            {
                _rows.Put(sequence, status, heads: 0, digest, mask.Id);
                return;
            }

            isSame = Compare(status, digest, new OutcomeRecord(sequence, heads, headDigest, headMask));
        }

        if (!isSame)
        {
            List(sequence, status, digest, heads, headDigest);
        }
    }

    /// <summary>Of an own answer that waits; 0 where only its status is known, as after a restart.</summary>
    public ulong DigestOf(long sequence)
    {
        lock (_gate)
        {
            return _rows.TryGet(sequence, out var own, out _, out var digest, out _) && own != 0 ? digest : 0;
        }
    }

    /// <summary>The head's outcome is committed.</summary>
    public void Forget(long sequence)
    {
        lock (_gate)
        {
            _rows.Remove(sequence);
        }
    }

    /// <summary>The head's outcome was read. One of a write that was compared before says nothing new.</summary>
    public void Settle(OutcomeRecord outcome)
    {
        bool isSame;
        int own;
        ulong digest;
        lock (_gate)
        {
            if (!_rows.TryGet(outcome.Sequence, out own, out _, out digest, out _))
            {
                return;
            }

            if (own == 0)
            {
                _rows.Put(outcome.Sequence, own: 0, outcome.Status, outcome.BodyDigest, outcome.Mask);
                return;
            }

            isSame = Compare(own, digest, outcome);
        }

        if (!isSame)
        {
            List(outcome.Sequence, own, digest, outcome.Status, outcome.BodyDigest);
        }
    }

    private static Unsettled From(CursorNotes notes)
    {
        var rows = new Unsettled();
        foreach (var (sequence, own) in notes.Unsettled)
        {
            rows.Put(sequence, own, heads: 0);
        }

        return rows;
    }

    private bool Compare(int own, ulong digest, OutcomeRecord outcome)
    {
        _rows.Remove(outcome.Sequence);
        var areBodiesCompared = mode == CompareMode.Body && digest != 0 && outcome.BodyDigest != 0 && outcome.Mask == mask.Id;
        _byStatusAlone += mode == CompareMode.Body && !areBodiesCompared ? 1 : 0;
        var isSame = mode == CompareMode.Off || (own == outcome.Status && (!areBodiesCompared || digest == outcome.BodyDigest));
        _divergences += isSame ? 0 : 1;
        return isSame;
    }

    private void List(long sequence, int own, ulong digest, int heads, ulong headDigest)
    {
        Answers?.Diverged(sequence);
        var (method, path) = describe(sequence);
        if (own != heads)
        {
            LogDivergence(sequence, method, path, own, heads);
        }
        else
        {
            LogBodyDivergence(sequence, method, path, own, Hex(digest)!, Hex(headDigest)!);
        }

        var divergence = new Divergence(sequence, method, path, node, own, heads, time.GetUtcNow()) { Digest = Hex(digest), HeadDigest = Hex(headDigest) };
        lock (_gate)
        {
            _recent.Enqueue(divergence);
            if (_recent.Count > MostListed)
            {
                _recent.Dequeue();
            }
        }
    }

    /// <summary>A digest as people see it; null where there is none.</summary>
    public static string? Hex(ulong digest) => digest == 0 ? null : digest.ToString("x16", CultureInfo.InvariantCulture);

    [LoggerMessage(LogLevel.Error, "Divergence: the application answered write {Sequence} ({Method} {Path}) with {Status}, the head's with {HeadStatus}.", EventName = "diverged")]
    private partial void LogDivergence(long sequence, string method, string path, int status, int headStatus);

    [LoggerMessage(LogLevel.Error, "Divergence: the application answered write {Sequence} ({Method} {Path}) with {Status} as the head's did, but with another body: digest {Digest}, the head's {HeadDigest}.", EventName = "body_diverged")]
    private partial void LogBodyDivergence(long sequence, string method, string path, int status, string digest, string headDigest);
}
