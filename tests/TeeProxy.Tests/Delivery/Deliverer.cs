using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using TeeChain.Journaling;
using TeeChain.Protocol;
using TeeProxy.Acks;
using TeeProxy.Application;
using TeeProxy.Chain;
using TeeProxy.Delivery;
using TeeProxy.Delivery.Comparing;
using TeeProxy.Delivery.Keys;
using TeeProxy.Delivery.Parking;
using TeeProxy.Requests;
using TeeProxy.Spooling;

namespace TeeProxy.Tests.Delivery;

/// <summary>A node's delivery over a real journal, put together as in a node, without hop and doors.</summary>
internal sealed class Deliverer : IAsyncDisposable
{
    public static readonly Guid Chain = Guid.NewGuid();

    private readonly Meter _meter = new("test");
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly ApplicationClient _client;
    private readonly JournalCursor _cursor;
    private readonly Comparison _comparison;
    private readonly Lanes _lanes;
    private readonly DiskFolder _parkedFolder;
    private Task _loop = Task.CompletedTask;
    private bool _isClosed;

    private Deliverer(TemporaryFolder data, Address application, Role role, TimeSpan timeout, ulong boot, IKeySource? keys, int lanes, TimeSpan? parkAfter, AnswerMask? mask)
    {
        Journal = data.OpenJournal(new JournalOptions { SegmentBytes = 16 << 20, MaxBytes = 128 << 20 });
        var membership = new Membership { Node = Guid.NewGuid(), Chain = Chain, Role = role, Epoch = 1 };
        var time = TimeProvider.System;
        Member = new ChainMember(data.Folder, Journal, membership, hasNext: false);
        Progress = new Progress(Journal.Cursor.Watermark);
        var notes = CursorNotes.Decode(Journal.Cursor.Notes.Span);
        _comparison = new Comparison(membership.Node, notes, new WriteNames(Journal).Of, mask is null ? CompareMode.Status : CompareMode.Body, mask ?? AnswerMask.None, time, NullLogger<Comparison>.Instance);
        var outcomes = new HeadOutcomes(Journal, _comparison);
        Local = new LocalCursor(Journal, notes, _comparison, boot, hasLanes: keys is not null);
        _client = new ApplicationClient(application, new BodySpool(SpoolFolder(data)), timeout, time, mask);
        _parkedFolder = DiskFolder.OpenOrCreate(Path.Combine(data.Path, "parked"));
        ParkedFolder = new FullFolder(_parkedFolder);
        Parked = ParkedWrites.Open(ParkedFolder);
        Parked.RemoveUnless(Local.IsDone);
        var parking = new ParkingLot(Parked, parkAfter, notes.LastWasParked, Problems, time, NullLogger<ParkingLot>.Instance);
        Retry = new ParkedRetry(parking, _client, Local, Member, NullLogger<ParkedRetry>.Instance, _abort.Token);
        var delivery = new WriteDelivery(
            _client, Member, Local, Pending, new OutcomeScout(Journal), Health, DeliveryRetry.Build(time),
            new DeliveryInstruments(_meter, time), busy: null, parking, time, NullLogger<WriteDelivery>.Instance, _abort.Token);
        _lanes = new Lanes(lanes);
        var step = new WriteStep(delivery, Local, _comparison, outcomes, parking, Pending, Progress, Member);
        var sink = new ApplicationSink(
            step, Local, _comparison, Progress, Member, Journal, _lanes, keys, NullLogger<ApplicationSink>.Instance, _abort.Token);
        _cursor = new JournalCursor(Journal.OpenReader(Local.Watermark), sink);
    }

    public Journal Journal { get; }

    public ChainMember Member { get; }

    public Progress Progress { get; }

    public LocalCursor Local { get; }

    public PendingWrites Pending { get; } = new();

    public ApplicationHealth Health { get; } = new();

    public ParkedWrites Parked { get; }

    public FullFolder ParkedFolder { get; }

    public ParkedRetry Retry { get; }

    public Problems Problems { get; } = new(TimeProvider.System);

    public Comparison Comparison => _comparison;

    public static string SpoolFolder(TemporaryFolder data) => Path.Combine(data.Path, "spool");

    /// <summary>Opens and runs.</summary>
    public static Deliverer Start(TemporaryFolder data, Address application, Role role = Role.Head, TimeSpan? timeout = null, ulong boot = 1, string? key = null, int lanes = 16, TimeSpan? parkAfter = null, AnswerMask? mask = null)
    {
        var deliverer = new Deliverer(data, application, role, timeout ?? Eventually.Deadline, boot, KeySpec.TryParse(key)?.Source, lanes, parkAfter, mask);
        deliverer._loop = deliverer._cursor.RunAsync(deliverer._stopping.Token);
        return deliverer;
    }

    /// <summary>A client's write. Awaits nothing: its completion is the application's answer.</summary>
    public PendingWrite Send(string method = "POST", string target = "/x", byte[]? body = null, params (string Name, string Value)[] headers)
    {
        var write = new PendingWrite(Pending, Payload(method, target, body, headers));
        Journal.Append(write);
        return write;
    }

    /// <summary>A write as a replica gets it: nobody waits. Its sequence.</summary>
    public async Task<long> ReceiveWriteAsync(string target = "/x", params (string Name, string Value)[] headers) =>
        (await Journal.AppendAsync(EntryKind.Write, Payload("POST", target, null, headers))).Sequence;

    public Task ReceiveOutcomeAsync(long sequence, int status, ulong digest = 0, uint mask = 0) =>
        Journal.AppendAsync(EntryKind.Outcome, EntryPayload.InMemory(new OutcomeRecord(sequence, status, digest, mask).Encode(), default));

    public Task AppliesAsync(long sequence) => Eventually.TrueAsync(
        () => _loop.IsFaulted ? throw _loop.Exception!.GetBaseException() : Progress.Applied >= sequence, $"record {sequence} is applied");

    /// <summary>From now on every attempt is an error of the program.</summary>
    public void BreakClient() => _client.Dispose();

    /// <summary>As SIGTERM: what is in flight is finished, and the cursor knows it.</summary>
    public async Task StopCleanlyAsync()
    {
        await _stopping.CancelAsync();
        await _loop.WaitAsync(Eventually.Deadline);
        Local.Save(isCleanStop: true);
        await CloseAsync();
    }

    /// <summary>Time is up: what is in flight is given up.</summary>
    public async Task AbortAsync()
    {
        await _stopping.CancelAsync();
        await _abort.CancelAsync();
        await _loop.WaitAsync(Eventually.Deadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await CloseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isClosed)
        {
            await AbortAsync();
        }
    }

    private async Task CloseAsync()
    {
        _isClosed = true;
        _cursor.Dispose();
        _lanes.Dispose();
        _parkedFolder.Dispose();
        Retry.Dispose();
        _client.Dispose();
        await Journal.DisposeAsync();
        Member.Dispose();
        Progress.Dispose();
        _meter.Dispose();
    }

    public static EntryPayload Payload(string method, string target, byte[]? body, (string Name, string Value)[] headers)
    {
        var head = new RequestHead(method, target, [new("Host", "shop.example"), .. headers.Select(header => new KeyValuePair<string, string>(header.Name, header.Value))]);
        return EntryPayload.InMemory(head.Encode(), body ?? Encoding.ASCII.GetBytes("user=anna"));
    }
}
