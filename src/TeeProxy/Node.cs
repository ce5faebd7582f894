using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using TeeChain.Journaling;
using TeeChain.Protocol.Hop;
using TeeChain.Protocol.Tls;
using TeeProxy.Acks;
using TeeProxy.Application;
using TeeProxy.Chain;
using TeeProxy.Delivery;
using TeeProxy.Delivery.Comparing;
using TeeProxy.Delivery.Parking;
using TeeProxy.Hop;
using TeeProxy.Inspection;
using TeeProxy.Options;
using TeeProxy.Spooling;
using TeeProxy.Status;
using TeeProxy.Tls;
using Retention = TeeProxy.Delivery.Retention;

namespace TeeProxy;

/// <summary>
/// The parts of a node, put together. What each is for, it says itself; how they hang together is here and nowhere else.
/// Made once by <see cref="Open"/>; its loops are run by <see cref="NodeLife"/>, its doors by <see cref="NodeServer"/>.
/// </summary>
internal sealed class Node : IAsyncDisposable
{
    private readonly SocketBell _bell;
    private readonly DiskFolder _parkedFolder;
    private readonly CancellationTokenSource _abort = new();
    private readonly Lanes _lanes;

    private Node(NodeOptions options, DiskFolder folder, SocketBell bell, Journal journal, Membership membership, NextList next, Meter meter, ILoggerFactory logs, TimeProvider time)
    {
        Folder = folder;
        _bell = bell;
        (Options, Journal, Meter, Time, Logs) = (options, journal, meter, time, logs);

        // What is known, and what is told.
        var lease = new HeadLease(time);
        var headWindow = new LagWindow(time, options.MaxLag);
        var ownWindow = new LagWindow(time, options.MaxLag);
        var beats = new Following<Beat>(Beat.None);
        var settings = new ChainSettings(options.Role, options.Listen.Told.ToString(), options.SharedSettings, FoundingPatience) { WantsEagerAcks = options.Ack != AckLevel.Local };
        Next = new Following<NextList>(next);
        Problems = new Problems(time);
        Progress = new Progress(journal.Cursor.Watermark);
        Member = new ChainMember(folder, journal, membership, next.Addresses.Count > 0);
        Office = new Office(Member, journal, settings);
        var openings = new Openings(Member, journal, settings, lease, headWindow, () => Progress.Applied);
        Pending = new PendingWrites(isOpen: options.Ack == AckLevel.Local);
        Hold = new Hold(time);
        Gate = new LevelGate(options.Ack, () => Next.Current.Addresses.Count > 0, Member.Standing, Pending);
        var rows = new RowTable(Gate.RowsChanged, time);
        var ahead = new RowTable(time: time);

        // To the application.
        Disk = new DiskLog(logs.CreateLogger<DiskLog>());
        Spool = new BodySpool(Path.Combine(options.Data, "spool"));
        var notes = CursorNotes.Decode(journal.Cursor.Notes.Span);
        var comparison = new Comparison(membership.Node, notes, new WriteNames(journal).Of, options.Compare, options.CompareIgnore, time, logs.CreateLogger<Comparison>());
        Answers = new AnswerArchive(journal, comparison, membership.Node, () => Member.IsHead);
        var outcomes = new HeadOutcomes(journal, comparison);
        Cursor = new LocalCursor(journal, notes, comparison, Boot(), hasLanes: options.Key is not null);
        _parkedFolder = DiskFolder.OpenOrCreate(Path.Combine(options.Data, "parked"));
        Parked = ParkedWrites.Open(_parkedFolder);
        Parked.RemoveUnless(Cursor.IsDone);
        var parking = new ParkingLot(Parked, options.ParkAfter, notes.LastWasParked, Problems, time, logs.CreateLogger<ParkingLot>());
        Client = new ApplicationClient(options.Local, Spool, options.AppTimeout, time, options.Compare == CompareMode.Body ? options.CompareIgnore : null);
        var delivery = new WriteDelivery(
            Client, Member, Cursor, Pending, new OutcomeScout(journal), Health, DeliveryRetry.Build(time),
            new DeliveryInstruments(meter, time), options.Key is null ? new BusyWatch(time, logs.CreateLogger<BusyWatch>()) : null,
            parking, time, logs.CreateLogger<WriteDelivery>(), _abort.Token);
        var step = new WriteStep(delivery, Cursor, comparison, outcomes, parking, Pending, Progress, Member);
        ParkedRetry = new ParkedRetry(parking, Client, Cursor, Member, logs.CreateLogger<ParkedRetry>(), _abort.Token);
        var sink = new ApplicationSink(
            step, Cursor, comparison, Progress, Member, journal, _lanes = new Lanes(options.Lanes), options.Key?.Source, logs.CreateLogger<ApplicationSink>(), _abort.Token);
        Local = new JournalCursor(journal.OpenReader(Cursor.Watermark, goesFirst: options.Ack == AckLevel.Local), sink);
        if (membership.Role == Role.Head)
        {
            outcomes.TakeOver(Cursor.IsDone);
        }

        // To and from the other nodes.
        var credentialsLog = new CredentialsLog(logs.CreateLogger<CredentialsLog>());
        Credentials = options.Tls is { } read ? new CredentialsWatch(read, credentialsLog.Replaced, credentialsLog.Problem, time) : null;
        Connector = Credentials is null ? null : new TlsConnector(Credentials);
        Dialer = new HopDialer(Connector);
        var exchange = new OpeningExchange(new OpeningCodec(options.Secret));
        var source = new RowSource(Member, journal, Progress, ahead, rows, behind => Status!.Claims(behind));
        Successors = new SuccessorList(
            Next,
            address => new SuccessorLink(address, Member, openings, journal, beats, rows, source, Progress, exchange, Dialer, Problems, time, logs.CreateLogger<SuccessorLink>()),
            journal, time, logs.CreateLogger<SuccessorList>());
        Status = new StatusSource(
            options, journal, Member, lease, headWindow, ownWindow, Progress, rows, Health, Cursor, comparison, Problems, Departure, Fleet = new FleetNews(options.Registration is not null), Successors, Next, Parked, Watch = new Watch(Member, ahead, rows, () => Cursor.Finished, time), Credentials, time);
        var handOver = new HandOver(Member, openings, journal, rows, time);
        Predecessor = new PredecessorLink(
            Member, openings, handOver, journal, new HeadFollower(lease, headWindow, beats), source, ahead, Progress, exchange, Problems, Disk, time, logs.CreateLogger<PredecessorLink>());
        Status.Predecessor = Predecessor;
        var inquiry = new Inquiry(exchange, Dialer);
        Confirmation = new Confirmation(Member, openings, inquiry.AskAsync, time);
        Promotion = new Promotion(Member, openings, Office, journal, lease, inquiry.AskAsync, Predecessor.EndAsync, () => outcomes.TakeOver(Cursor.IsDone));
        Holding = new HoldEndpoint(Hold, Member, journal, InFlight, () => Cursor.Digest.Current, time);

        HoldRule.Facts InFlight()
        {
            var (entering, applied, open, last) = (Pending.Entering, Progress.Applied, comparison.Waiting, journal.Last.Sequence);
            return new HoldRule.Facts(entering, applied, open, last, Gate.WhyNotEverywhere(last));
        }

        Orphans = new OrphanExport(Member, journal, options.Data, logs.CreateLogger<OrphanExport>());

        // What happens by the clock.
        Heart = new Heart(Member, Office, journal, () => Progress.Applied, rows, lease, headWindow, ownWindow, beats, time);
        Room = new JournalRoom(journal, Member, Progress, rows, Next, options.DetachesWhenFull, time, logs.CreateLogger<JournalRoom>());
        Retention = new Retention(Room, Member, rows, NearestAddress, outcomes, time, logs.CreateLogger<Retention>());
        Probe = new ApplicationProbe(options.Local, options.HealthPath, options.HealthInterval, Health, time, logs.CreateLogger<ApplicationProbe>());
    }

    /// <summary>By which a node is reached as the nearest; null when it is not, or the stream moves just now.</summary>
    private string? NearestAddress(Guid node) => Successors.Current is { IsConnected: true } link && link.Status.Node == node ? link.Next.ToString() : null;

    /// <summary>How long a client's first write waits while the chain is founded.</summary>
    private static readonly TimeSpan FoundingPatience = TimeSpan.FromSeconds(5);

    public NodeOptions Options { get; }

    public DiskFolder Folder { get; }

    public Journal Journal { get; }

    public Meter Meter { get; }

    public TimeProvider Time { get; }

    public ILoggerFactory Logs { get; }

    public ChainMember Member { get; }

    public Office Office { get; }

    public Confirmation Confirmation { get; }

    public Promotion Promotion { get; }

    public OrphanExport Orphans { get; }

    public PendingWrites Pending { get; }

    public LevelGate Gate { get; }

    public Hold Hold { get; }

    public HoldEndpoint Holding { get; }

    public Progress Progress { get; }

    public ApplicationHealth Health { get; } = new();

    public ApplicationProbe Probe { get; }

    public ApplicationClient Client { get; }

    public AnswerArchive Answers { get; }

    public DiskLog Disk { get; }

    public BodySpool Spool { get; }

    public LocalCursor Cursor { get; }

    public JournalCursor Local { get; }

    public ParkedWrites Parked { get; }

    public ParkedRetry ParkedRetry { get; }

    /// <summary>Null where the node speaks without TLS, as is <see cref="Connector"/>.</summary>
    public CredentialsWatch? Credentials { get; }

    public TlsConnector? Connector { get; }

    public HopDialer Dialer { get; }

    public Following<NextList> Next { get; }

    public SuccessorList Successors { get; }

    public PredecessorLink Predecessor { get; }

    public Heart Heart { get; }

    public JournalRoom Room { get; }

    public Retention Retention { get; }

    public Problems Problems { get; }

    public Departure Departure { get; } = new();

    public FleetNews Fleet { get; }

    public Watch Watch { get; }

    public StatusSource Status { get; }

    /// <summary>Takes the folder and recovers the journal.</summary>
    /// <exception cref="IOException">The journal is locked, damaged, or the disk refuses; the message says what to do.</exception>
    /// <exception cref="InvalidDataException">The folder holds something that this release does not understand, or the role pinned contradicts the durable one.</exception>
    public static Node Open(NodeOptions options, ILoggerFactory logs, TimeProvider time)
    {
        var folder = DiskFolder.OpenOrCreate(options.Data);
        var meter = new Meter("TeeChain");
        var bell = new SocketBell();
        var journal = Journal.Open(folder, new JournalOptions
        {
            Resume = bell.Ring,
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
        if (membership is not { Role: Role.Head, IsTakingOffice: false })
        {
            _ = journal.SealAsync(); // Until this node leads, nothing of its own is recorded; nobody can append before.
        }

        var next = NextList.Load(folder, [.. options.Next.Select(address => address.ToString())]);
        var node = new Node(options, folder, bell, journal, membership, next, meter, logs, time);
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
        Promotion.Dispose();
        Room.Dispose();
        Member.Dispose();
        Progress.Dispose();
        await Journal.DisposeAsync();
        _bell.Dispose();
        Folder.Dispose();
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
