using TeeProxy.Acks;

namespace TeeProxy.Tests;

/// <summary>Names of events are for alerts: each has one of its own, and docs/logs.md has it with its level.</summary>
public sealed class EventNameTests
{
    [Fact]
    public void Each_event_has_a_name_of_its_own_and_is_in_the_docs_with_its_level()
    {
        var told = EventNames.InDocs("teeproxy");

        Assert.NotEmpty(told);
        Assert.Equal(told.Distinct(), told);
        Assert.Equal(told, EventNames.Of(typeof(PendingWrite).Assembly));
    }
}
