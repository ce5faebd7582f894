using TeeProxy.Chain;

namespace TeeProxy.Tests.Chain;

public sealed class HoldTests
{
    private readonly HandClock _clock = new();
    private readonly Hold _hold;

    public HoldTests() => _hold = new Hold(_clock);

    [Fact]
    public void A_hold_stands_until_it_is_ended_by_its_token()
    {
        var lease = _hold.Begin(TimeSpan.FromSeconds(30))!;
        _clock.Advance(TimeSpan.FromSeconds(29));

        Assert.True(_hold.IsHeld);
        Assert.Null(_hold.End(Guid.NewGuid()));
        Assert.True(_hold.IsHeld);
        Assert.Same(lease, _hold.End(lease.Token));
        Assert.Equal(TimeSpan.FromSeconds(1), lease.Left);
        Assert.False(_hold.IsHeld);
        Assert.Null(_hold.End(lease.Token));
    }

    [Fact]
    public void There_is_one_hold_at_a_time()
    {
        var first = _hold.Begin(TimeSpan.FromSeconds(30))!;

        Assert.Null(_hold.Begin(TimeSpan.FromSeconds(30)));
        _hold.End(first.Token);
        Assert.NotNull(_hold.Begin(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void A_hold_ends_with_its_lease_and_another_may_take_its_place()
    {
        var first = _hold.Begin(TimeSpan.FromSeconds(30))!;
        _clock.Advance(TimeSpan.FromSeconds(30));

        Assert.False(_hold.IsHeld);
        Assert.Equal(TimeSpan.Zero, first.Left);
        var second = _hold.Begin(TimeSpan.FromSeconds(30))!;
        Assert.Null(_hold.End(first.Token));
        Assert.True(_hold.IsHeld);
        Assert.Same(second, _hold.End(second.Token));
    }

    [Theory]
    [InlineData(1, 7, 0, 7, null, "1 write(s) are being recorded")]
    [InlineData(0, 6, 0, 7, null, "the head's application is at 6 of 7")]
    [InlineData(0, 7, 2, 7, null, "2 outcome(s) are not on disk")]
    [InlineData(0, 7, 0, 7, "node :9002 is missing", "node :9002 is missing")]
    [InlineData(0, 7, 0, 7, null, null)]
    public void A_hold_is_granted_when_nothing_is_in_flight_anywhere(int entering, long applied, int outcomes, long last, string? elsewhere, string? why) =>
        Assert.Equal(why, HoldRule.WhyInFlight(new(entering, applied, outcomes, last, elsewhere)));

    [Theory]
    [InlineData(1, 7L, 7, null)]
    [InlineData(0, 7L, 7, "its lease was over")]
    [InlineData(-5, 7L, 9, "its lease was over")]
    [InlineData(1, null, 7, "it was not granted yet")]
    [InlineData(1, 7L, 8, "the journal went on from 7 to 8")]
    public void A_hold_was_unbroken_when_its_lease_ran_and_nothing_was_recorded(int seconds, long? held, long last, string? why) =>
        Assert.Equal(why, HoldRule.WhyBroken(TimeSpan.FromSeconds(seconds), held, last));
}
