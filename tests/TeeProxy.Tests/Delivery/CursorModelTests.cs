using FsCheck;
using FsCheck.Fluent;
using TeeChain.Journaling;
using TeeProxy.Delivery;

namespace TeeProxy.Tests.Delivery;

/// <summary>
/// The local cursor under lanes that finish in any order and processes that die at any moment, against what a node would
/// remember that delivers one write after the other and never dies.
/// </summary>
public sealed class CursorModelTests : IAsyncLifetime
{
    private const int Records = 1400; // more than two windows
    private const ulong Boot = 7;

    private readonly TemporaryFolder _data = new();
    private Journal? _opened;
    private JournalEntry[] _entries = [];
    private CursorState? _first;

    private Journal Journal => _opened!;

    public async ValueTask InitializeAsync()
    {
        _opened = _data.OpenJournal();
        for (var i = 0; i < Records; i++)
        {
            Journal.Append(new Quiet(i % 3 == 1 ? EntryKind.Outcome : EntryKind.Write, [(byte)i]));
        }

        await Journal.AppendAsync(EntryKind.Write, EntryPayload.InMemory("x"u8.ToArray(), default));
        using var reader = Journal.OpenReader(0);
        var entries = new List<JournalEntry>();
        while (reader.TryRead(out var entry))
        {
            entries.Add(entry);
        }

        _entries = [.. entries];
        _first = Journal.Cursor;
    }

    public async ValueTask DisposeAsync()
    {
        await Journal.DisposeAsync();
        _data.Dispose();
    }

    /// <summary>Each number is one event: a write in flight is answered and saved, or the process dies and starts again.</summary>
    [Fact]
    public void Whatever_the_order_of_the_answers_and_the_crashes_nothing_is_lost_and_the_digest_is_that_of_total_order()
    {
        var events = Gen.Choose(0, 10_000).ListOf(1200).ToArbitrary();

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(30), Prop.ForAll(events, list => Holds([.. list])));
    }

    private bool Holds(int[] events)
    {
        Journal.SaveCursor(_first! with { });
        var deliveries = new int[_entries.Length + 1];
        var finished = new HashSet<long>();
        var run = new Run(this, finished);
        foreach (var number in events)
        {
            if (number % 100 == 0)
            {
                var inFlight = run.InFlight.ToArray();
                run = new Run(this, finished);
                Assert.All(inFlight, sequence => Assert.True(run.Cursor.IsSuspect(sequence) && !run.Cursor.IsDone(sequence), $"{sequence} was in flight"));
                Assert.All(finished, sequence => Assert.True(run.Cursor.IsDone(sequence), $"{sequence} was done"));
            }
            else if (run.Fill())
            {
                run.Finish(number, deliveries);
            }
        }

        while (run.Fill())
        {
            run.Finish(0, deliveries);
        }

        Assert.Equal(_entries.Length, run.Cursor.Watermark);
        Assert.All(_entries, entry => Assert.Equal(entry.Kind == EntryKind.Write ? 1 : 0, deliveries[entry.Sequence]));
        Assert.Equal(InTotalOrder(), run.Cursor.Digest.Current);
        run.Cursor.Save(isCleanStop: false);
        Assert.Equal(_entries.Length, Journal.Cursor.Watermark);
        Assert.Equal(InTotalOrder(), CursorNotes.Decode(Journal.Cursor.Notes.Span).Digest);
        return true;
    }

    private static int Status(long sequence) => 200 + (int)(sequence % 7);

    private ulong InTotalOrder()
    {
        var digest = new DeliveredDigest(0, 0);
        foreach (var entry in _entries)
        {
            if (entry.Kind == EntryKind.Write)
            {
                digest.Delivered(entry.Sequence, entry.Crc, Status(entry.Sequence));
            }
        }

        return digest.Current;
    }

    /// <summary>One life of the process.</summary>
    private sealed class Run
    {
        private readonly CursorModelTests _test;
        private readonly HashSet<long> _finished;
        private int _read;

        public Run(CursorModelTests test, HashSet<long> finished)
        {
            (_test, _finished) = (test, finished);
            var notes = CursorNotes.Decode(test.Journal.Cursor.Notes.Span);
            Cursor = new LocalCursor(test.Journal, notes, TestComparison.Of(notes), Boot, hasLanes: true);
            _read = (int)Cursor.Watermark;
        }

        public LocalCursor Cursor { get; }

        public List<long> InFlight { get; } = [];

        /// <summary>Reads on as far as the window and twenty lanes allow. False when nothing is left to finish.</summary>
        public bool Fill()
        {
            for (; _read < _test._entries.Length && InFlight.Count < 20 && Cursor.Reaches(_read + 1); _read++)
            {
                var entry = _test._entries[_read];
                if (entry.Kind != EntryKind.Write)
                {
                    Cursor.Passed(entry.Sequence);
                }
                else if (!Cursor.IsDone(entry.Sequence))
                {
                    InFlight.Add(entry.Sequence);
                }
            }

            return InFlight.Count > 0;
        }

        public void Finish(int number, int[] deliveries)
        {
            var sequence = InFlight[number % InFlight.Count];
            InFlight.Remove(sequence);
            deliveries[sequence]++;
            Cursor.Delivered(sequence, _test._entries[sequence - 1].Crc, Status(sequence));
            _finished.Add(sequence);
        }
    }

    private sealed class Quiet(EntryKind kind, byte[] head) : AppendRequest(kind, EntryPayload.InMemory(head, default))
    {
        protected override void OnSequenced(JournalPosition position)
        {
        }

        protected override void OnFailed(AppendFailure failure) => throw new InvalidOperationException($"{failure}");
    }
}
