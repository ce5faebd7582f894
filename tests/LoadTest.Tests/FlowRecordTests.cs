using LoadTest.Engine;
using LoadTest.Measures;
using LoadTest.Reports;
using TeeProxy.Tests;

namespace LoadTest.Tests;

public sealed class FlowRecordTests
{
    private readonly HandClock _clock = new();

    [Fact]
    public void A_latency_counts_from_when_the_request_was_due_however_late_it_was_sent()
    {
        var record = new FlowRecord("GET", 10, TimeSpan.FromSeconds(3), _clock);
        var due = new Moment(TimeSpan.FromSeconds(1.5), _clock.GetTimestamp());

        _clock.AdvanceMilliseconds(40);
        record.Sending(due);
        _clock.AdvanceMilliseconds(2);
        record.Ended(due, failure: null);

        var flow = FlowReport.Of(record);
        Assert.Equal((42, 42, 40), (flow.P50Ms, flow.MaxMs, flow.LateP99Ms));
        Assert.Equal([0, 1, 0], flow.Windows.Select(window => window.Sent)); // where it was due, not where it was answered
        Assert.Equal(42, flow.Windows[1].P99Ms);
    }

    [Fact]
    public void A_failed_request_is_counted_by_its_reason_and_has_no_latency()
    {
        var record = new FlowRecord("GET", 10, TimeSpan.FromSeconds(1), _clock);
        var due = new Moment(TimeSpan.Zero, _clock.GetTimestamp());

        foreach (var failure in new[] { "status 503", "status 503", "no answer" })
        {
            record.Sending(due);
            record.Ended(due, failure);
        }

        var flow = FlowReport.Of(record);
        Assert.Equal((3, 3, 0, 0.0), (flow.Sent, flow.Failed, flow.MaxMs, flow.AnsweredPerSecond));
        Assert.Equal(new Dictionary<string, int> { ["no answer"] = 1, ["status 503"] = 2 }, flow.Failures);
    }

    [Fact]
    public void A_day_takes_no_more_memory_than_five_minutes() =>
        Assert.Equal(FlowRecord.MostWindows, new FlowRecord("GET", 1, TimeSpan.FromHours(24), _clock).Windows.Count);

    [Fact]
    public void The_last_window_may_be_shorter_and_its_rate_is_still_the_rate()
    {
        var record = new FlowRecord("GET", 4, TimeSpan.FromSeconds(1.5), _clock);
        for (var i = 0; i < 6; i++)
        {
            record.Sending(new Moment(TimeSpan.FromSeconds(i * 0.25), _clock.GetTimestamp()));
        }

        Assert.Equal([4, 4], FlowReport.Of(record).Windows.Select(window => window.RatePerSecond));
    }
}
