using TeeChain.Journaling;

namespace TeeChain.Simulation.Model;

/// <summary>
/// One run's journal over a <see cref="Disk"/>: a writer that commits in batches, after the time that a sync takes. What is
/// not committed is not read; at a crash some beginning of the batch on its way is found on the disk, the rest never was.
/// </summary>
internal sealed class Journal : IJournal
{
    private readonly World _world;
    private readonly Process _process;
    private readonly Disk _disk;
    private readonly Queue<Action<Batch>> _queue = new();
    private readonly Bell _flushed = new();
    private JournalPosition _receivedTail;
    private int _received;
    private bool _isRejecting;
    private bool _isSealed;
    private Batch? _onItsWay;

    public Journal(World world, Process process, Disk disk)
    {
        (_world, _process, _disk) = (world, process, disk);
        process.Died += Crash;
    }

    /// <summary>Called with each record of this node's own that is committed.</summary>
    public event Action<Record> Appended = _ => { };

    public Bell Committed { get; } = new();

    public Guid JournalId => _disk.JournalId;

    public JournalPosition Last => _disk.Last;

    public JournalPosition Base => default;

    public bool TryGetPosition(long sequence, out JournalPosition position)
    {
        var isThere = sequence <= Last.Sequence;
        position = !isThere || sequence == 0 ? default : _disk[sequence].Position;
        return isThere;
    }

    public long? FirstOf(long epoch) => _disk.From(1, int.MaxValue).FirstOrDefault(record => record.Epoch == epoch)?.Sequence;

    public Task<JournalPosition> AppendAsync(EntryKind kind, EntryPayload payload, long? epoch = null)
    {
        var done = new TaskCompletionSource<JournalPosition>();
        Append(kind, 0, payload.Head.ToArray(), epoch, done.SetResult, failure => done.SetException(new JournalAppendException(failure)));
        return done.Task;
    }

    /// <param name="committed">Called when it is on disk.</param>
    public void Append(EntryKind kind, long content, byte[]? head, long? epoch, Action<JournalPosition> committed, Action<AppendFailure> failed) => Enqueue(batch =>
    {
        if ((_isSealed && kind != EntryKind.Epoch) || epoch <= batch.Last.Epoch)
        {
            batch.Done.Add(() => failed(kind == EntryKind.Epoch ? AppendFailure.EpochFell : AppendFailure.Sealed));
            return;
        }

        _isSealed &= kind != EntryKind.Epoch;
        var record = Record.After(batch.Last, epoch ?? batch.Last.Epoch, kind, content, head);
        batch.Records.Add(record);
        batch.Own.Add(record);
        batch.Done.Add(() => committed(record.Position));
    });

    /// <summary>What the predecessor sent. False when it does not continue this journal.</summary>
    public bool TryReceive(IReadOnlyList<Record> records)
    {
        var tail = _received == 0 ? Last : _receivedTail;
        if (_isRejecting || records[0].Sequence != tail.Sequence + 1 || records[0].PreviousCrc != tail.Crc)
        {
            _isRejecting = false;
            return false;
        }

        _received++;
        _receivedTail = records[^1].Position;
        Enqueue(batch =>
        {
            if (batch.Last.Crc == records[0].PreviousCrc)
            {
                batch.Records.AddRange(records);
            }
            else
            {
                _isRejecting = true; // An entry of this node's own came in between.
            }

            batch.Done.Add(() =>
            {
                _received--;
                _flushed.Ring();
            });
        });
        return true;
    }

    public async Task FlushAsync()
    {
        while (_received > 0)
        {
            await _flushed.WaitAsync();
        }
    }

    public Task<JournalPosition> SealAsync() => OrderAsync(isSealing: true);

    public Task UnsealAsync() => OrderAsync(isSealing: false);

    private Task<JournalPosition> OrderAsync(bool isSealing)
    {
        var done = new TaskCompletionSource<JournalPosition>();
        Enqueue(batch =>
        {
            _isSealed = isSealing;
            batch.Done.Add(() => done.SetResult(Last));
        });
        return done.Task;
    }

    private void Enqueue(Action<Batch> request)
    {
        _queue.Enqueue(request);
        if (_onItsWay is null)
        {
            Write();
        }
    }

    private void Write()
    {
        var batch = _onItsWay = new Batch(Last);
        while (_queue.TryDequeue(out var request))
        {
            request(batch);
        }

        // The kernel ends what it began, also while the process is stopped.
        _world.After(_world.Next(1, 4), null, () =>
        {
            if (_onItsWay == batch)
            {
                Commit(batch, batch.Records.Count);
                _world.After(0, _process, () => Tell(batch));
            }
        });
    }

    private void Tell(Batch batch)
    {
        batch.Done.ForEach(static done => done());
        _onItsWay = null;
        Committed.Ring();
        if (_queue.Count > 0)
        {
            Write();
        }
    }

    private void Crash()
    {
        if (_onItsWay is { } batch)
        {
            _onItsWay = null;
            Commit(batch, _world.Next(0, batch.Records.Count));
        }
    }

    private void Commit(Batch batch, int count)
    {
        var records = batch.Records.Take(count).ToArray();
        batch.Records.Clear();
        _disk.Commit(records);
        foreach (var record in records.Where(batch.Own.Contains))
        {
            Appended(record);
        }
    }

    private sealed class Batch(JournalPosition last)
    {
        public List<Record> Records { get; } = [];

        /// <summary>Of them, those that this node recorded itself.</summary>
        public HashSet<Record> Own { get; } = [];

        public List<Action> Done { get; } = [];

        public JournalPosition Last => Records.Count > 0 ? Records[^1].Position : last;
    }
}
