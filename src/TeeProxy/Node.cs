using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using TeeChain.Journaling;
using TeeChain.Protocol.Hop;
using TeeProxy.Acks;
using TeeProxy.Application;
using TeeProxy.Chain;
using TeeProxy.Delivery;
using TeeProxy.Delivery.Parking;
using TeeProxy.Hop;
using TeeProxy.Options;
using TeeProxy.Spooling;
using TeeProxy.Status;
using Retention = TeeProxy.Delivery.Retention;

namespace TeeProxy;

/// <summary>
/// The parts of a node, put together. What each is for, it says itself; how they hang together is here and nowhere else.
/// Made once by <see cref="Open"/>; its loops are run by <see cref="NodeLife"/>, its doors by <see cref="NodeServer"/>.
/// </summary>
internal sealed class Node : IAsyncDisposable
{
    private readonly DiskFolder _folder;
    private readonly DiskFolder _parkedFolder;
    private readonly CancellationTokenSource _abort = new();
    private readonly Lanes _lanes;

    private Node(NodeOptions options, DiskFolder folder, Journal journal, Membership membership, Meter meter, ILoggerFactory logs, TimeProvider time)
    {
        _folder = folder;
        (Options, Journal, Meter, Time, Logs) = (options, journal, meter, time, logs);

        // What is known, and what is told.
        var lease = new HeadLease(time);
        var headWindow = new LagWindow(time, options.MaxLag);
        var ownWindow = new LagWindow(time, options.MaxLag);
        var beats = new Following<Beat>(Beat.None);
        var rows = new RowTable();
        var settings = new ChainSettings(options.Role, options.Next is not null, options.Listen.Told.ToString(), options.SharedSettings, FoundingPatience);
        Problems = new Problems(time);
        Member = new ChainMember(folder, journal, membership, settings, lease, headWindow);
        Progress = new Progress(journal.Cursor.Watermark);

        // To the application.
        Spool = new BodySpool(Path.Combine(options.Data, "spool"));
        var notes = CursorNotes.Decode(journal.Cursor.Notes.Span);
        var comparison = new Comparison(membership.Node, notes, new WriteNames(journal).Of, time, logs.CreateLogger<Comparison>());
        var outcomes = new HeadOutcomes(journal, comparison);
        Cursor = new LocalCursor(journal, notes, comparison, Boot(), hasLanes: options.Key is not null);
        _parkedFolder = DiskFolder.OpenOrCreate(Path.Combine(options.Data, "parked"));
        Parked = ParkedWrites.Open(_parkedFolder);
        Parked.RemoveUnless(Cursor.IsDone);
        var parking = new ParkingLot(Parked, options.ParkAfter, notes.LastWasParked, Problems, time, logs.CreateLogger<ParkingLot>());
        Client = new ApplicationClient(options.Local, Spool, options.AppTimeout);
        var delivery = new WriteDelivery(
            Client, Member, Cursor, Pending, new OutcomeScout(journal), Health, DeliveryRetry.Build(time),
            new DeliveryInstruments(meter, time), options.Key is null ? new BusyWatch(time, logs.CreateLogger<BusyWatch>()) : null,
            parking, time, logs.CreateLogger<WriteDelivery>(), _abort.Token);
        var step = new WriteStep(delivery, Cursor, comparison, outcomes, parking, Pending, Progress, Member);
        ParkedRetry = new ParkedRetry(parking, Client, Cursor, Member, logs.CreateLogger<ParkedRetry>(), _abort.Token);
        var sink = new ApplicationSink(
            step, Cursor, comparison, Progress, Member, journal, _lanes = new Lanes(options.Lanes), options.Key?.Source, logs.CreateLogger<ApplicationSink>(), _abort.Token);
        Local = new JournalCursor(journal.OpenReader(Cursor.Watermark), sink);
        foreach (var (sequence, status) in membership.Role == Role.Head ? notes.Unsettled.Where(row => Cursor.IsDone(row.Key)) : [])
        {
            outcomes.Record(new OutcomeRecord(sequence, status, BodyDigest: 0));
        }

        // To and from the other nodes.
        Status = new StatusSource(options, journal, Member, lease, headWindow, ownWindow, Progress, rows, Health, Cursor, comparison, Problems, Departure, Parked, time);
        var codec = new OpeningCodec(options.Secret);
        var source = new RowSource(membership.Node, journal, Progress, rows, Status.Claims);
        Predecessor = new PredecessorLink(
            Member, journal, new HeadFollower(lease, headWindow, beats), source, Progress, codec, Problems, time, logs.CreateLogger<PredecessorLink>());
        Successor = options.Next is not { } next ? null : new SuccessorLink(
            next, Member, journal, beats, rows, Progress, codec, Dialer, Problems, logs.CreateLogger<SuccessorLink>());
        (Status.Successor, Status.Predecessor) = (Successor, Predecessor);

        // What happens by the clock.
        Heart = new Heart(Member, journal, lease, headWindow, ownWindow, beats, time);
        Retention = new Retention(journal, Member, Progress, rows, options.Next?.ToString(), outcomes, time, logs.CreateLogger<Retention>());
        Probe = new ApplicationProbe(options.Local, options.HealthPath, options.HealthInterval, Health, time, logs.CreateLogger<ApplicationProbe>());
    }

    /// <summary>How long a client's first write waits while the chain is founded.</summary>
    private static readonly TimeSpan FoundingPatience = TimeSpan.FromSeconds(5);

    public NodeOptions Options { get; }

    public Journal Journal { get; }

    public Meter Meter { get; }

    public TimeProvider Time { get; }

    public ILoggerFactory Logs { get; }

    public ChainMember Member { get; }

    public PendingWrites Pending { get; } = new();

    public Progress Progress { get; }

    public ApplicationHealth Health { get; } = new();

    public ApplicationProbe Probe { get; }

    public ApplicationClient Client { get; }

    public BodySpool Spool { get; }

    public LocalCursor Cursor { get; }

    public JournalCursor Local { get; }

    public ParkedWrites Parked { get; }

    public ParkedRetry ParkedRetry { get; }

    public HopDialer Dialer { get; } = new();

    public SuccessorLink? Successor { get; }

    public PredecessorLink Predecessor { get; }

    public Heart Heart { get; }

    public Retention Retention { get; }

    public Problems Problems { get; }

    public Departure Departure { get; } = new();

    public StatusSource Status { get; }

    /// <summary>Takes the folder and recovers the journal.</summary>
    /// <exception cref="IOException">The journal is locked, damaged, or the disk refuses; the message says what to do.</exception>
    /// <exception cref="InvalidDataException">The folder holds something that this release does not understand, or the role pinned contradicts the durable one.</exception>
    public static Node Open(NodeOptions options, ILoggerFactory logs, TimeProvider time)
    {
        var folder = DiskFolder.OpenOrCreate(options.Data);
        var meter = new Meter("TeeChain");
        var journal = Journal.Open(folder, new JournalOptions
        {
            MaxBytes = options.JournalMaxBytes,
            SegmentBytes = Math.Clamp(options.JournalMaxBytes / 8, 1 << 20, 64 << 20),
            Retain = options.Retain,
            TimeProvider = time,
            Meter = meter,
        });
        var (membership, refusal) = PinRule.Apply(MembershipFile.Load(folder), options.Role);
        if (membership is null)
        {
            throw new InvalidDataException(refusal);
        }

        MembershipFile.Save(folder, membership);
        var node = new Node(options, folder, journal, membership, meter, logs, time);
        node.Spool.RemoveLeftovers();
        return node;
    }

    /// <summary>Gives up what is in flight to the application.</summary>
    public void Abort() => _abort.Cancel();

    public async ValueTask DisposeAsync()
    {
        Local.Dispose();
        _lanes.Dispose();
        ParkedRetry.Dispose();
        Client.Dispose();
        Dialer.Dispose();
        Predecessor.Dispose();
        Member.Dispose();
        Progress.Dispose();
        await Journal.DisposeAsync();
        _folder.Dispose();
        _parkedFolder.Dispose();
        Meter.Dispose();
        _abort.Dispose();
    }

    /// <summary>Which boot of the machine this is; what an earlier one had not synced may be gone.</summary>
    private static ulong Boot()
    {
        const string Id = "/proc/sys/kernel/random/boot_id";
        var text = File.Exists(Id) ? File.ReadAllText(Id) : "";
        return BitConverter.ToUInt64(SHA256.HashData(Encoding.ASCII.GetBytes(text)));
    }
}
