using TeeChain.Fleet.Registry;
using TeeProxy.Tests;

namespace TeeChain.Fleet.Tests;

/// <summary>Names of events are for alerts: each has one of its own, and docs/logs.md has it with its level.</summary>
public sealed class EventNameTests
{
    [Fact]
    public void Each_event_has_a_name_of_its_own_and_is_in_the_docs_with_its_level()
    {
        var told = EventNames.InDocs("teechain");

        Assert.NotEmpty(told);
        Assert.Equal(told.Distinct(), told);
        Assert.Equal(told, EventNames.Of(typeof(FleetRegistry).Assembly));
    }
}
