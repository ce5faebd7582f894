using TeeChain.Protocol.Hop;
using TeeChain.Protocol.Status;
using TeeProxy.Status;

namespace TeeProxy.Tests.Status;

/// <summary>Each picture is of a chain A, B, C, as one of them knows it.</summary>
public sealed class PlaceRuleTests
{
    private static readonly Guid A = Guid.NewGuid(), B = Guid.NewGuid(), C = Guid.NewGuid();

    private static readonly ChainNode[] All = [new(A, "a:1"), new(B, "b:1"), new(C, "c:1")];

    [Fact]
    public void A_whole_chain_stands_in_its_order_with_roles_lags_and_links()
    {
        var places = Draw(self: B, [Heard(A, 10, Link(B)), Heard(B, 8, Link(C)), Heard(C, 7)], new PreviousStatus(A, "a:1", true, 0.1));

        Assert.Equal(["a:1", "b:1", "c:1"], places.Select(place => place.Address));
        Assert.Equal(["head", "middle", "tail"], places.Select(place => place.Role));
        Assert.Equal([false, true, false], places.Select(place => place.Self));
        Assert.Equal([0L, 2, 3], places.Select(place => place.LagEntries));
        Assert.Equal([null, "connected", "connected"], places.Select(place => place.Link?.State));
        Assert.Equal([null, "a:1", "b:1"], places.Select(place => place.Link?.From));
        Assert.All(places, place => Assert.True(place.Heard));
    }

    [Fact]
    public void A_node_that_is_told_of_no_more_is_silent_with_its_age_and_what_was_last_known()
    {
        var places = Draw(self: A, [Heard(A, 10, Link(B) with { Connected = false, Why = "refused" }), Silent(B, 8, seconds: 1), Silent(C, 7, seconds: 12)]);

        Assert.Equal([true, false, false], places.Select(place => place.Heard));
        Assert.Equal([0.0, 1, 12], places.Select(place => place.SecondsSinceHeard));
        Assert.Equal((8, null, null), (places[1].Applied, places[1].LagEntries, places[1].WritesPerSecond));
        Assert.Equal(("down", "refused"), (places[1].Link!.State, places[1].Link!.Why));
    }

    [Theory]
    [InlineData(2.9, true)]
    [InlineData(3.0, false)]
    public void A_node_that_is_still_told_of_is_silent_after_three_seconds(double seconds, bool isHeard)
    {
        var places = Draw(self: A, [Heard(A, 10, Link(B)), Heard(B, 8, Link(C)), (C, Seen(C, 7, seconds, isTold: true))]);

        Assert.Equal(isHeard, places[2].Heard);
    }

    [Fact]
    public void A_bypassed_node_is_named_as_such_and_the_link_goes_past_it()
    {
        var bypassing = new[] { Link(B) with { Connected = false, Part = "catchup", Why = "refused" }, Link(C) };

        var places = Draw(self: C, [Heard(A, 10, bypassing), Silent(B, 8, seconds: 20, Link(C)), Heard(C, 10)], new PreviousStatus(A, "a:1", true, 0.1));

        Assert.Equal(("a:1", "bypassed", "refused"), (places[1].Link!.From, places[1].Link!.State, places[1].Link!.Why));
        Assert.Equal(("a:1", "connected"), (places[2].Link!.From, places[2].Link!.State));
    }

    [Fact]
    public void A_node_that_is_brought_up_to_date_beside_the_stream_is_heard_of_by_its_predecessor()
    {
        var catchingUp = new[] { Link(B) with { Part = "catchup", AckedSequence = 9 }, Link(C) };

        var places = Draw(self: A, [Heard(A, 10, catchingUp), Silent(B, 8, seconds: 20), Heard(C, 10)]);

        Assert.Equal((true, 9L, "catchup"), (places[1].Heard, places[1].Durable, places[1].Link!.State));
    }

    [Fact]
    public void A_link_is_unknown_where_whoever_could_tell_is_silent()
    {
        var places = Draw(self: A, [Heard(A, 10, Link(B) with { Connected = false }), Silent(B, 8, seconds: 20, Link(C)), Silent(C, 7, seconds: 20)]);

        Assert.Equal(("b:1", "unknown"), (places[2].Link!.From, places[2].Link!.State));
    }

    [Theory]
    [InlineData(false, 0.1, "down")]
    [InlineData(true, 4.0, "down")]
    [InlineData(true, 0.1, "connected")]
    public void Who_is_cut_off_knows_its_own_link(bool connected, double seconds, string state)
    {
        var places = Draw(self: B, [Silent(A, 10, seconds: 5, Link(B)), Heard(B, 8)], new PreviousStatus(A, "a:1", connected, seconds));

        Assert.Equal(("a:1", state), (places[1].Link!.From, places[1].Link!.State));
    }

    [Fact]
    public void Who_counts_and_was_never_heard_of_has_its_place_and_no_figures()
    {
        var places = Draw(self: B, [Heard(B, 8)], counted: All);

        Assert.Equal([A, B, C], places.Select(place => place.Node!.Value));
        Assert.Equal((false, null, null, "a:1"), (places[0].Heard, places[0].SecondsSinceHeard, places[0].Durable, places[0].Address));
    }

    [Fact]
    public void A_successor_that_never_answered_stands_behind_the_one_that_lists_it()
    {
        var places = Draw(self: A, [Heard(A, 10, new NextStatus("b:1", false, null, 0, null, "refused") { Part = "stream" }, new NextStatus("c:1", false, null, 0, null, "not yet") { Part = "spare" })]);

        Assert.Equal(["a:1", "b:1"], places.Select(place => place.Address));
        Assert.Equal((null, false, "down", "refused"), (places[1].Node, places[1].Heard, places[1].Link!.State, places[1].Link!.Why));
    }

    [Fact]
    public void Before_there_is_a_chain_everybody_is_undecided()
    {
        var places = PlaceRule.Draw(new(A, null, 0, [Heard(A, 0, Link(B)), Heard(B, 0)], [], [], null));

        Assert.Equal(["undecided", "undecided"], places.Select(place => place.Role));
    }

    [Fact]
    public void A_node_of_an_older_release_says_of_itself_what_it_can()
    {
        var old = new Sighting(Row(B, 8) with { State = AckState.None }, new NodeDetail { Address = "b:1", Admin = "b:2", NotReadable = "draining" }, TimeSpan.Zero, IsTold: true);

        var place = Draw(self: A, [Heard(A, 10, Link(B)), (B, old)])[1];

        Assert.Equal((true, "draining", null), (place.Heard, place.Ready!.Read.Why, place.Epoch));
    }

    private static IReadOnlyList<PlaceStatus> Draw(
        Guid self, (Guid, Sighting)[] order, PreviousStatus? previous = null, IReadOnlyList<ChainNode>? counted = null) =>
        PlaceRule.Draw(new PlaceRule.Facts(self, A, 10, order, counted ?? [], [], previous));

    private static (Guid, Sighting) Heard(Guid node, long applied, params NextStatus[] links) => (node, Seen(node, applied, 0, isTold: true, links));

    private static (Guid, Sighting) Silent(Guid node, long applied, double seconds, params NextStatus[] links) => (node, Seen(node, applied, seconds, isTold: false, links));

    private static Sighting Seen(Guid node, long applied, double seconds, bool isTold, params NextStatus[] links) => new(
        Row(node, applied),
        new NodeDetail { Address = AddressOf(node), Admin = "admin:1", Role = "replica", WritesPerSecond = 1, Successors = links, Ready = new(Readiness.Yes, Readiness.Yes, Readiness.Yes) },
        TimeSpan.FromSeconds(seconds), isTold);

    private static AckRow Row(Guid node, long applied) => new(node, Guid.Empty, applied, applied, default, AckState.Readable, default);

    private static NextStatus Link(Guid node) => new(AddressOf(node), true, node, 0, "Accept", null) { Part = "stream" };

    private static string AddressOf(Guid node) => All.Single(one => one.Node == node).Address;
}
