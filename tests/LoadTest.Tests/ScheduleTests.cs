using FsCheck;
using FsCheck.Fluent;
using LoadTest.Engine;

namespace LoadTest.Tests;

public sealed class ScheduleTests
{
    [Fact]
    public void A_thousand_a_second_are_a_millisecond_apart_from_half_a_millisecond_on()
    {
        var schedule = new Schedule(1000, TimeSpan.FromSeconds(30));

        Assert.Equal(30_000, schedule.Count);
        Assert.Equal([0.5, 1.5, 2.5, 29_999.5], new long[] { 0, 1, 2, 29_999 }.Select(number => schedule.TimeOf(number).TotalMilliseconds));
    }

    [Theory]
    [InlineData(0, 10, 0)]
    [InlineData(0.5, 3, 1)]
    [InlineData(0.1, 10, 1)]
    [InlineData(33.3, 10, 333)]
    public void There_are_as_many_as_the_rate_says(double rate, int seconds, long count) => Assert.Equal(count, new Schedule(rate, TimeSpan.FromSeconds(seconds)).Count);

    [Fact]
    public void A_timetable_has_every_departure_of_every_schedule_once_in_the_order_of_time() => Prop.ForAll(
        Gen.Choose(0, 500).Three().ToArbitrary(),
        rates =>
        {
            Schedule[] schedules = [.. new[] { rates.Item1, rates.Item2, rates.Item3 }.Select(rate => new Schedule(rate / 10.0, TimeSpan.FromSeconds(2)))];

            var departures = All(schedules);

            return departures.Select(departure => departure.Due).SequenceEqual(departures.Select(departure => departure.Due).Order())
                && departures.All(departure => departure.Due < TimeSpan.FromSeconds(2))
                && schedules.Select((schedule, flow) => departures.Where(departure => departure.Flow == flow).Select(departure => departure.Due)
                    .SequenceEqual(Enumerable.Range(0, (int)schedule.Count).Select(number => schedule.TimeOf(number)))).All(same => same);
        }).QuickCheckThrowOnFailure();

    private static List<Departure> All(Schedule[] schedules)
    {
        var (timetable, departures) = (new Timetable(schedules), new List<Departure>());
        while (timetable.TryNext(out var departure))
        {
            departures.Add(departure.Value);
        }

        return departures;
    }
}
