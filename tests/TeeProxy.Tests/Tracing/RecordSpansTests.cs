using TeeChain.Journaling;
using TeeProxy.Requests;
using TeeProxy.Tracing;

namespace TeeProxy.Tests.Tracing;

[Collection(Listening.Name)]
public sealed class RecordSpansTests
{
    private const string Trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    [Fact]
    public void Where_nobody_listens_there_are_none() => Assert.Null(RecordSpans.IfWanted("hop", TimeProvider.System));

    [Fact]
    public async Task Each_traced_write_is_told_of_once_it_is_reached()
    {
        using var listener = new Listener();
        using var data = new TemporaryFolder();
        await using var journal = data.OpenJournal();
        foreach (var (kind, headers) in new (EntryKind, KeyValuePair<string, string>[])[] { (EntryKind.Write, [new("traceparent", Trace)]), (EntryKind.Outcome, []), (EntryKind.Write, []), (EntryKind.Write, [new("traceparent", Trace)]) })
        {
            await journal.AppendAsync(kind, EntryPayload.InMemory(new RequestHead("POST", "/", headers).Encode(), new byte[3]));
        }

        using var reader = journal.OpenReader(0);
        var raw = new byte[64 << 10];
        var records = raw.AsMemory(0, reader.ReadRaw(raw));
        var clock = new HandClock();
        var spans = RecordSpans.IfWanted("hop", clock)!;

        spans.Begin(records.Span);
        clock.Advance(TimeSpan.FromSeconds(2));
        spans.End(3);
        Assert.Equal([1L], listener.Ended.Select(span => span.GetTagItem("teechain.sequence")));
        spans.End(100);

        Assert.Equal([1L, 4L], listener.Ended.Select(span => span.GetTagItem("teechain.sequence")));
        Assert.All(listener.Ended, span => Assert.Equal((TimeSpan.FromSeconds(2), "00f067aa0ba902b7"), (span.Duration, span.ParentSpanId.ToString())));
    }
}
