using System.Diagnostics.CodeAnalysis;

namespace LoadTest.Engine;

/// <summary>One request that is to be sent.</summary>
/// <param name="Flow">Which of the flows.</param>
/// <param name="Due">When, since the beginning.</param>
internal readonly record struct Departure(int Flow, TimeSpan Due);

/// <summary>The departures of several schedules, in the order of their times. Not thread-safe.</summary>
internal sealed class Timetable(IReadOnlyList<Schedule> schedules)
{
    private readonly long[] _next = new long[schedules.Count];

    /// <returns>False when there are no more.</returns>
    public bool TryNext([NotNullWhen(true)] out Departure? departure)
    {
        departure = null;
        for (var flow = 0; flow < schedules.Count; flow++)
        {
            if (_next[flow] < schedules[flow].Count && schedules[flow].TimeOf(_next[flow]) is var due && (departure is null || due < departure.Value.Due))
            {
                departure = new Departure(flow, due);
            }
        }

        if (departure is not { } earliest)
        {
            return false;
        }

        _next[earliest.Flow]++;
        return true;
    }
}
