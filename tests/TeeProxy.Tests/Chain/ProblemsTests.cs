using TeeProxy.Chain;

namespace TeeProxy.Tests.Chain;

public sealed class ProblemsTests
{
    private readonly HandClock _clock = new();
    private readonly Problems _problems;

    public ProblemsTests() => _problems = new Problems(_clock);

    [Fact]
    public void A_problem_is_new_once_and_again_when_its_text_changes()
    {
        Assert.True(_problems.Report("Foreign", ":9000", "one"));
        Assert.False(_problems.Report("Foreign", ":9000", "one"));
        Assert.True(_problems.Report("Foreign", ":9000", "two"));
        Assert.False(_problems.Report("Foreign", ":9000", "two"));
    }

    [Fact]
    public void One_row_a_verdict_and_peer_counts_since_when_and_how_often()
    {
        var since = _clock.GetUtcNow();
        _problems.Report("Foreign", ":9000", "one");
        _problems.Report("Foreign", ":9001", "other peer");
        _problems.Report("Busy", ":9000", "other verdict");
        _clock.AdvanceMilliseconds(1000);

        _problems.Report("Foreign", ":9000", "two");

        var rows = _problems.Snapshot();
        Assert.Equal(3, rows.Count);
        Assert.Equal(("Foreign", ":9000", "two", since, 2), (rows[0].Verdict, rows[0].Peer, rows[0].Text, rows[0].Since, rows[0].Times));
    }

    [Fact]
    public void A_peer_in_order_again_has_none()
    {
        _problems.Report("Foreign", ":9000", "one");
        _problems.Report("Busy", ":9000", "one");
        _problems.Report("Busy", ":9001", "one");

        _problems.Clear(":9000");

        Assert.Equal(":9001", Assert.Single(_problems.Snapshot()).Peer);
        Assert.True(_problems.Report("Foreign", ":9000", "one"));
    }

    [Fact]
    public void The_newest_fifty_are_kept_newest_first()
    {
        for (var i = 0; i < 60; i++)
        {
            _problems.Report("Busy", $"peer {i}", "text");
        }

        Assert.Equal(Enumerable.Range(10, 50).Reverse().Select(i => $"peer {i}"), _problems.Snapshot().Select(row => row.Peer));
    }
}
