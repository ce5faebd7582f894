using TeeProxy.Status;

namespace TeeProxy.Tests.Status;

public sealed class WriteRateTests
{
    private readonly HandClock _clock = new();

    [Fact]
    public void Nothing_is_said_before_there_are_two_counts()
    {
        var rate = new WriteRate(_clock);

        rate.Note(7);

        Assert.Equal(0, rate.PerSecond());
    }

    [Fact]
    public void It_follows_the_last_five_seconds_and_forgets_what_was_before()
    {
        var rate = new WriteRate(_clock);
        var said = new List<double>();

        for (long step = 0, count = 0; step <= 40; step++, count += step <= 20 ? 10 : 0)
        {
            rate.Note(count);
            said.Add(rate.PerSecond());
            _clock.AdvanceMilliseconds(500);
        }

        Assert.Equal((20.0, 20.0), (said[1], said[20]));
        Assert.InRange(said[25], 8, 12);
        Assert.Equal(0, said[40]);
    }
}
