namespace TeeChain.Fleet.Registry;

/// <summary>
/// Who is in the fleet, and in which order: the one registry. What must outlive the process is on disk before anybody sees it.
/// Thread-safe; <see cref="RunAsync"/> lets leases end.
/// </summary>
internal sealed class FleetRegistry : IFleetSource, IDisposable
{
    /// <summary>How long an announcement holds: three renewals.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);

    /// <summary>How often a node announces itself.</summary>
    public static readonly TimeSpan Renewal = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long the workers that are on file have after a start to announce themselves: longer than a node's longest back-off, behind
    /// what is refused of one whose clock is late.
    /// </summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(15) + AnnouncementRule.Tolerance;

    /// <summary>How long the announcements of a worker that was forgotten are refused: until whoever took it out has stopped it.</summary>
    public static readonly TimeSpan LeftFor = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private readonly Lock _oneChange = new();
    private readonly RegistryFile _file;
    private readonly TimeProvider _time;
    private readonly RegistryLog _log;
    private readonly long _started;
    private readonly AnnouncementMemory _memory; // under _oneChange

    // Both are changed under _oneChange, and read by anybody.
    private readonly ViewFeed _feed;
    private volatile Roster _roster;

    private FleetRegistry(RegistryFile file, Roster roster, ReadOnlyMemory<byte> secret, TimeProvider time, ILogger<FleetRegistry> log)
    {
        (_file, _roster, _time, _log) = (file, roster, time, new RegistryLog(log));
        _started = time.GetTimestamp();
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        _memory = new(secret, roster.Seats.Count > 0 ? now : 0, time); // Nobody announced himself to a new registry before.
        _feed = new(new FleetView(now * 1000, [.. roster.Workers]) { IsFounded = roster.IsFounded });
    }

    public FleetView Current => _feed.Current;

    public Roster Roster => _roster;

    private TimeSpan Now => _time.GetElapsedTime(_started);

    /// <param name="folder">For <c>registry.json</c>; made when it is not there; one process a folder.</param>
    /// <param name="secret">That announcements are signed with.</param>
    /// <exception cref="InvalidDataException">The file is damaged or of another release; the message says what to do.</exception>
    /// <exception cref="IOException">Another process has the folder, or the disk refuses.</exception>
    public static FleetRegistry Open(string folder, ReadOnlyMemory<byte> secret, TimeProvider time, ILogger<FleetRegistry> log)
    {
        var file = RegistryFile.Open(folder);
        try
        {
            // Who was there gets its turn at once (front doors probe anyway), and is away unless it announces itself.
            Seat[] seats = [.. file.Load().Seats.Select(static seat => seat with
            {
                Worker = seat.Worker with { State = seat.IsLeaving ? WorkerState.Draining : WorkerState.Present },
                LeaseEnds = Grace,
            })];
            return new FleetRegistry(file, new Roster(seats), secret, time, log);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public Task<FleetView> ChangedAsync(long version, CancellationToken cancellation) => _feed.ChangedAsync(version, cancellation);

    /// <summary>What came in at <c>POST /register-worker</c>. Changes nothing unless the answer is 200.</summary>
    /// <exception cref="IOException">A newcomer cannot be written down; nothing has changed.</exception>
    public AnnouncementRule.Admission Announce(ReadOnlySpan<byte> body)
    {
        lock (_oneChange)
        {
            var now = Now;
            var roster = _roster.Expired(now);
            var admission = _memory.Judge(roster, now, body);
            if (admission is { Worker: { } worker, Announcement: { } announcement })
            {
                Change(_ => roster.Announced(worker, announcement.IsLeaving, now + Lease));
                _memory.Spend(announcement.Nonce, now);
            }

            return admission;
        }
    }

    /// <summary>Whoever starts the worker registers it, and tells its state from then on. A newcomer comes at the end.</summary>
    /// <returns>Why not; null when it is registered.</returns>
    public string? Register(Worker worker)
    {
        lock (_oneChange)
        {
            var others = new Roster([.. _roster.Seats.Where(seat => seat.Name != worker.Name)]);
            if (AnnouncementRule.WhyTaken(others, worker) is { } taken)
            {
                return taken;
            }

            Change(roster => roster.Registered(worker));
            _memory.Return(worker.Name);
            return null;
        }
    }

    /// <summary>Of a worker that has no lease; one that leaves for good stays <see cref="WorkerState.Draining"/>.</summary>
    public void SetState(string name, WorkerState state) => Change(roster => roster.WithState(name, state));

    /// <summary>It gets no new requests, and from now on nobody is wired to it. Durable: who stops half-way goes on with it after a restart.</summary>
    public void MarkLeaving(string name) => Change(roster => roster.WithLeaving(name));

    /// <summary>Takes <see cref="MarkLeaving"/> back. Only before its node was removed from the chain.</summary>
    public void MarkStaying(string name) => Change(roster => roster.WithStaying(name));

    /// <summary>It is in the fleet no more; what it announces itself is refused for <see cref="LeftFor"/>.</summary>
    public void Forget(string name)
    {
        lock (_oneChange)
        {
            Change(roster => roster.Without(name));
            _memory.Leave(name, Now);
        }
    }

    /// <summary>The chain's order, read off the nodes.</summary>
    public void Arrange(IReadOnlyList<string> names) => Change(roster => roster.Arranged(names));

    /// <summary>Its node was seen in the fleet's chain under this id.</summary>
    public void Meet(string name, Guid node) => Change(roster => roster.WithNode(name, node));

    /// <summary>Its node cannot be brought up to date as it is. Not durable: it would show again.</summary>
    public void MarkGap(string name, Gap gap) => Change(roster => roster.WithGap(name, gap));

    /// <summary>What <see cref="FleetView.Problems"/> says from now on; what is new is logged.</summary>
    public void Report(IReadOnlyList<string> problems)
    {
        lock (_oneChange)
        {
            var known = Current.Problems;
            if (!known.SequenceEqual(problems))
            {
                Publish(Current with { Problems = problems });
                _log.Problems(known, problems);
            }
        }
    }

    /// <summary>Leases that are over end.</summary>
    public void Step() => Change(roster => roster.Expired(Now));

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            Step();
            await Task.Delay(Look, _time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _file.Dispose();

    private void Change(Func<Roster, Roster> change)
    {
        lock (_oneChange)
        {
            var (before, after) = (_roster, change(_roster));
            if (!RegistryFile.AreAlike(before, after))
            {
                _file.Save(after);
            }

            _roster = after;
            Worker[] workers = [.. after.Workers];
            if (!workers.SequenceEqual(Current.Workers) || after.IsFounded != Current.IsFounded)
            {
                _log.Changes(before, after);
                Publish(Current with { Workers = workers, IsFounded = after.IsFounded });
            }
        }
    }

    private void Publish(FleetView next) => _feed.Publish(next with { Version = Current.Version + 1 });
}
