using TeeChain.Protocol.Hop;
using TeeProxy.Chain;

namespace TeeProxy.Tests.Chain;

public sealed class HeadLeaseTests
{
    private readonly HandClock _clock = new();
    private readonly HeadLease _lease;

    public HeadLeaseTests() => _lease = new HeadLease(_clock);

    [Fact]
    public void A_lease_that_was_never_renewed_is_endlessly_old() => Assert.Equal(TimeSpan.MaxValue, _lease.SinceRenewal);

    [Fact]
    public void A_beat_renews_it()
    {
        var isNew = _lease.Observe(new Heartbeat(7, 1, 10, 1));
        _clock.AdvanceMilliseconds(300);

        Assert.True(isNew);
        Assert.Equal(TimeSpan.FromMilliseconds(300), _lease.SinceRenewal);
        Assert.Equal(10, _lease.Last.LastSequence);
    }

    [Theory]
    [InlineData(7, 5, 1)] // the same beat once more
    [InlineData(7, 4, 1)] // an older one
    [InlineData(7, 4, 2)]
    [InlineData(8, 9, 0)] // of no head
    [InlineData(0, 0, 0)]
    public void What_is_not_newer_renews_nothing(long incarnation, long counter, long epoch)
    {
        _lease.Observe(new Heartbeat(7, 5, 10, 1));
        _clock.AdvanceMilliseconds(400);

        var isNew = _lease.Observe(new Heartbeat(incarnation, counter, 11, epoch));

        Assert.False(isNew);
        Assert.Equal(TimeSpan.FromMilliseconds(400), _lease.SinceRenewal);
        Assert.Equal(10, _lease.Last.LastSequence);
    }

    [Fact]
    public void A_restarted_head_counts_from_one_again()
    {
        _lease.Observe(new Heartbeat(7, 500, 10, 1));
        _clock.AdvanceMilliseconds(400);

        var isNew = _lease.Observe(new Heartbeat(8, 1, 10, 1));

        Assert.True(isNew);
        Assert.Equal(TimeSpan.Zero, _lease.SinceRenewal);
    }

    [Fact]
    public void A_head_of_a_lower_epoch_renews_nothing()
    {
        _lease.Observe(new Heartbeat(7, 5, 10, 3));

        Assert.False(_lease.Observe(new Heartbeat(8, 900, 99, 2)));
        Assert.True(_lease.Observe(new Heartbeat(9, 1, 11, 4)));
    }

    [Fact]
    public void A_chain_that_is_founded_now_has_a_living_head()
    {
        _lease.Grant();
        _clock.AdvanceMilliseconds(100);

        Assert.Equal(TimeSpan.FromMilliseconds(100), _lease.SinceRenewal);
    }

    [Fact]
    public void A_follower_notes_publishes_and_relays_only_what_is_new()
    {
        var window = new LagWindow(_clock, TimeSpan.FromSeconds(1));
        var beats = new Following<Beat>(Beat.None);
        var follower = new HeadFollower(_lease, window, beats);

        Assert.True(follower.Observe(new Heartbeat(7, 2, 10, 1), "{}"u8));
        var published = beats.Current;
        Assert.False(follower.Observe(new Heartbeat(7, 1, 99, 1), "{}"u8));

        Assert.Same(published, beats.Current);
        Assert.Equal(new Heartbeat(7, 2, 10, 1), published.Heartbeat);
        Assert.Equal("{}"u8.ToArray(), published.View.ToArray());
        _clock.AdvanceMilliseconds(1000);
        Assert.Equal(10, window.Then());
    }
}
