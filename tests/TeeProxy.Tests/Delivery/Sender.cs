using System.Text;
using TeeChain.Journaling;
using TeeChain.Protocol;
using TeeProxy.Delivery;
using TeeProxy.Requests;
using TeeProxy.Spooling;

namespace TeeProxy.Tests.Delivery;

/// <summary>The client that delivers, and writes for it out of a real journal.</summary>
internal sealed class Sender : IAsyncDisposable
{
    public static readonly Guid Chain = Guid.NewGuid();

    private readonly TemporaryFolder _data = new();
    private readonly Journal _journal;

    public Sender(Address application, TimeSpan? timeout = null, TimeProvider? time = null)
    {
        _journal = _data.OpenJournal(new JournalOptions { SegmentBytes = 16 << 20, MaxBytes = 64 << 20 });
        Client = new ApplicationClient(application, new BodySpool(Path.Combine(_data.Path, "spool")), timeout ?? Eventually.Deadline, time ?? TimeProvider.System);
    }

    public ApplicationClient Client { get; }

    public async Task<RecordedWrite> RecordAsync(RequestHead head, byte[] body)
    {
        var position = await _journal.AppendAsync(EntryKind.Write, EntryPayload.InMemory(head.Encode(), body));
        using var reader = _journal.OpenReader(position.Sequence - 1);
        Assert.True(reader.TryRead(out var entry));
        return RecordedWrite.Of(entry).Outliving(_journal, lane: "");
    }

    public Task<RecordedWrite> RecordAsync(string method = "POST", string target = "/x", string body = "user=anna") =>
        RecordAsync(new RequestHead(method, target, [new("Host", "shop.example")]), Encoding.Latin1.GetBytes(body));

    /// <summary>One attempt; without a <paramref name="write"/> one that is like any other.</summary>
    public Task<DeliveryResult> SendAsync(RecordedWrite? write = null, bool isRedelivery = false, bool isAwaited = true) =>
        SendUntilAsync(CancellationToken.None, write, isRedelivery, isAwaited);

    /// <summary>One attempt that may be given up.</summary>
    public async Task<DeliveryResult> SendUntilAsync(CancellationToken abort, RecordedWrite? write = null, bool isRedelivery = false, bool isAwaited = true)
    {
        write ??= await RecordAsync();
        return await Client.SendAsync(write, Chain, isRedelivery, isAwaited, abort).AsTask().WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);
    }

    /// <summary>One attempt that is answered; what the client of the write would get, as "status reason: body".</summary>
    public async Task<string> AnswerAsync(RecordedWrite? write = null)
    {
        var answer = Assert.IsType<DeliveryResult.Delivered>(await SendAsync(write)).Answer;
        using var body = answer.Body;
        using var bytes = new MemoryStream();
        await body.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        return $"{answer.Status} {answer.Reason}: {Encoding.Latin1.GetString(bytes.ToArray())}";
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _journal.DisposeAsync();
        _data.Dispose();
    }
}
