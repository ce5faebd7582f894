using TeeChain.Protocol.Hop;
using TeeProxy.Chain;

namespace TeeProxy.Tests.Chain;

/// <summary>What the nodes make of it that the head let go of one, until that one is back.</summary>
public sealed class DetachmentTests
{
    private const string Next = "127.0.0.1:9001";

    private static readonly Guid Node = Guid.NewGuid();
    private static readonly Guid Journal = Guid.NewGuid();
    private static readonly Position Base = new(4, 1, 0x44);
    private static readonly Position Seven = new(7, 1, 0x77);

    private static readonly Membership Member = new()
    {
        Node = Guid.NewGuid(),
        Chain = Guid.NewGuid(),
        Role = Role.Replica,
        Epoch = 1,
        Known = [new KnownNode(Node, Journal, Next, 6)],
    };

    private static readonly Membership Detached = ViewRule.Adopt(Member, ViewOf(at: 90));

    [Fact]
    public void The_nodes_behind_the_head_hear_of_it()
    {
        var head = Member with { Role = Role.Head };

        var next = ViewRule.Adopt(Member, ViewRule.Of(CountRule.Tell(head, head.WithDetached(Node, 90))));

        Assert.Equal(new KnownNode(Node, Journal, Next, 6, IsDetached: true, DetachedAt: 90), next.Known.Single());
    }

    [Fact]
    public void Its_stream_resumes_once_its_application_has_all_that_it_holds()
    {
        var (refused, _, unchanged) = Judge(Seven, applied: 6);
        var (accepted, _, next) = Judge(Seven, applied: 7);

        Assert.Equal(Verdict.Unable, refused);
        Assert.Same(Detached, unchanged);
        Assert.Equal(Verdict.Accept, accepted);
        Assert.Equal(new KnownNode(Node, Journal, Next, 7, DetachedAt: 90), next.Known.Single());
    }

    [Fact]
    public void One_that_comes_too_late_is_told_so_whatever_its_application_has()
    {
        var member = Detached with { Known = [.. Detached.Known.Select(known => known with { Durable = 3 })] };

        var (verdict, reason, _) = Judge(new Position(3, 1, 0x33), applied: 1, member);

        Assert.Equal(Verdict.Gap, verdict);
        Assert.Contains("seed", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Being_told_again_of_the_same_lets_nobody_go_again_and_a_later_one_does()
    {
        var back = Judge(Seven, applied: 7).Next;

        Assert.Same(back, ViewRule.Adopt(back, ViewOf(at: 90)));
        Assert.True(ViewRule.Adopt(back, ViewOf(at: 120)).Known.Single().IsDetached);
    }

    private static ChainView ViewOf(long at) => new(new(1, at), [], [], [], [new Detachment(Node, at)], []);

    private static ResumeRule.Decision Judge(Position last, long applied, Membership? member = null) => ResumeRule.Judge(
        new(member ?? Detached, Next, Base, new Position(100, 1, 0xff), last),
        new OpeningAnswer { Verdict = Verdict.Accept, Reason = "", Node = Node, Journal = Journal, PromisedEpoch = 1, Last = last, Applied = applied, Address = Next });
}
