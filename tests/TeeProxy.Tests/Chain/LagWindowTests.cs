using TeeProxy.Chain;

namespace TeeProxy.Tests.Chain;

public sealed class LagWindowTests
{
    private readonly HandClock _clock = new();
    private readonly LagWindow _window;

    public LagWindowTests() => _window = new LagWindow(_clock, TimeSpan.FromSeconds(1));

    [Fact]
    public void It_knows_nothing_before_it_has_watched_for_max_lag()
    {
        Assert.Null(_window.Then());
        _window.Note(5);
        _clock.AdvanceMilliseconds(999);
        Assert.Null(_window.Then());
        _clock.AdvanceMilliseconds(1);
        Assert.Equal(5, _window.Then());
    }

    [Fact]
    public void It_tells_what_was_there_max_lag_ago_and_not_what_is_there_now()
    {
        NoteEvery(250, 0, 10, 20, 30, 40, 50, 60);

        // 0 was noted 1,750 ms ago, 30 exactly 1 s ago.
        Assert.Equal(30, _window.Then());
    }

    [Fact]
    public void Between_two_samples_the_older_one_counts()
    {
        NoteEvery(400, 1, 2, 3, 4); // ages now: 1600, 1200, 800, 400

        Assert.Equal(2, _window.Then());
    }

    [Fact]
    public void The_newest_sample_stays_however_old()
    {
        _window.Note(1);
        _clock.AdvanceMilliseconds(3000);
        _window.Note(2);
        _clock.AdvanceMilliseconds(60_000);

        _window.Note(3);

        Assert.Equal(2, _window.Then());
    }

    [Fact]
    public void Cleared_it_begins_anew()
    {
        NoteEvery(600, 1, 2, 3);

        _window.Clear();
        _window.Note(9);

        Assert.Null(_window.Then());
        _clock.AdvanceMilliseconds(1000);
        Assert.Equal(9, _window.Then());
    }

    [Fact]
    public void Behind_is_since_when_more_than_the_applied_was_known()
    {
        NoteEvery(300, 10, 20, 30); // ages now: 900, 600, 300

        Assert.Equal(TimeSpan.FromMilliseconds(900), _window.Behind(9));
        Assert.Equal(TimeSpan.FromMilliseconds(600), _window.Behind(10));
        Assert.Equal(TimeSpan.FromMilliseconds(300), _window.Behind(29));
        Assert.Equal(TimeSpan.Zero, _window.Behind(30));
    }

    private void NoteEvery(int milliseconds, params long[] sequences)
    {
        foreach (var sequence in sequences)
        {
            _window.Note(sequence);
            _clock.AdvanceMilliseconds(milliseconds);
        }
    }
}
