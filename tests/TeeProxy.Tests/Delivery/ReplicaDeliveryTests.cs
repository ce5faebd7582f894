using TeeProxy.Chain;

namespace TeeProxy.Tests.Delivery;

/// <summary>How a replica's answers meet the head's.</summary>
public sealed class ReplicaDeliveryTests : IAsyncLifetime
{
    private readonly TemporaryFolder _data = new();
    private FakeApplication? _started;

    private FakeApplication Application => _started!;

    public async ValueTask InitializeAsync() => _started = await FakeApplication.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Application.DisposeAsync();
        _data.Dispose();
    }

    [Theory]
    [InlineData(500, 500)]
    [InlineData(500, 503)]
    public async Task A_server_error_where_the_heads_application_failed_too_is_agreement(int own, int heads)
    {
        Application.AnswerInTurn(own);
        await using var node = Replica();

        await node.ReceiveOutcomeAsync(await node.ReceiveWriteAsync(), heads);
        await node.AppliesAsync(2);

        Assert.False(Assert.Single(Application.Seen).IsMarked);
        Assert.Equal(0, node.Local.Redelivered);
    }

    [Fact]
    public async Task A_server_error_waits_for_the_heads_outcome_before_it_is_judged()
    {
        Application.Answer = (context, seen) =>
        {
            context.Response.StatusCode = seen is { Target: "/x", IsMarked: false } ? 500 : 200;
            return Task.CompletedTask;
        };
        await using var node = Replica();

        var sequence = await node.ReceiveWriteAsync();
        await Eventually.TrueAsync(() => !Application.Seen.IsEmpty, "the application was asked");
        await node.ReceiveWriteAsync("/next");
        Assert.Equal(0, node.Progress.Applied);
        await node.ReceiveOutcomeAsync(sequence, 200);
        await node.AppliesAsync(3);

        Assert.Equal([("/x", false), ("/x", true), ("/next", false)], Application.Seen.Select(seen => (seen.Target, seen.IsMarked)));
    }

    [Fact]
    public async Task A_server_error_where_the_heads_application_did_well_is_repeated_marked_until_it_agrees()
    {
        Application.AnswerInTurn(500, 503, 500, 201);
        await using var node = Replica();

        await node.ReceiveOutcomeAsync(await node.ReceiveWriteAsync(), 201);
        await node.AppliesAsync(2);

        Assert.Equal([false, true, true, true], Application.Seen.Select(seen => seen.IsMarked));
        Assert.Equal((3, 0), (node.Local.Redelivered, node.Comparison.Divergences));
    }

    [Fact]
    public async Task A_head_does_not_judge_its_own_server_error()
    {
        Application.AnswerInTurn(500);
        await using var node = Deliverer.Start(_data, Application.Address);

        await node.Send().Completion.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);

        Assert.Single(Application.Seen);
    }

    [Theory]
    [InlineData(200, 200, 0)]
    [InlineData(404, 404, 0)]
    [InlineData(201, 200, 1)]
    [InlineData(200, 500, 1)]
    [InlineData(409, 200, 1)]
    public async Task Each_answer_is_compared_with_the_heads_however_late_that_comes(int own, int heads, int divergences)
    {
        Application.AnswerInTurn(own);
        await using var node = Replica();

        var sequence = await node.ReceiveWriteAsync("/pay?card=secret");
        await node.AppliesAsync(1);
        Assert.Equal(0, node.Comparison.Divergences);
        Assert.Equal([new(sequence, own)], node.Comparison.Snapshot().Unsettled);
        await node.ReceiveOutcomeAsync(sequence, heads);
        await node.AppliesAsync(2);

        Assert.Equal(divergences, node.Comparison.Divergences);
        Assert.Empty(node.Comparison.Snapshot().Unsettled);
        Assert.Equal(
            divergences == 0 ? [] : [(sequence, "POST", "/pay", own, heads)],
            node.Comparison.Recent.Select(one => (one.Sequence, one.Method, one.Path, one.Status, one.HeadStatus)));
        Assert.Single(Application.Seen);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_given_before_a_restart_is_compared_after_it(bool isClean)
    {
        Application.AnswerInTurn(201);
        var node = Replica();
        var sequence = await node.ReceiveWriteAsync("/pay");
        await node.AppliesAsync(1);
        await (isClean ? node.StopCleanlyAsync() : node.AbortAsync());

        await using var again = Replica();
        await again.ReceiveOutcomeAsync(sequence, 200);
        await again.AppliesAsync(2);

        Assert.Equal(1, again.Comparison.Divergences);
        Assert.Equal((sequence, "/pay", 201, 200), again.Comparison.Recent.Select(one => (one.Sequence, one.Path, one.Status, one.HeadStatus)).Single());
        Assert.Single(Application.Seen);
    }

    [Fact]
    public async Task Counts_survive_a_restart()
    {
        Application.AnswerInTurn(500, 201);
        var node = Replica();
        await node.ReceiveOutcomeAsync(await node.ReceiveWriteAsync(), 200);
        await node.AppliesAsync(2);
        await node.StopCleanlyAsync();

        await using var again = Replica();

        Assert.Equal((1, 1), (again.Local.Redelivered, again.Comparison.Divergences));
        Assert.Equal(node.Local.Digest.Current, again.Local.Digest.Current);
    }

    [Fact]
    public async Task An_outcome_that_comes_twice_is_settled_once()
    {
        Application.AnswerInTurn(201);
        await using var node = Replica();

        var sequence = await node.ReceiveWriteAsync();
        await node.ReceiveOutcomeAsync(sequence, 200);
        await node.ReceiveOutcomeAsync(sequence, 200);
        await node.AppliesAsync(3);

        Assert.Equal(1, node.Comparison.Divergences);
    }

    [Fact]
    public async Task Two_nodes_that_delivered_and_were_answered_alike_have_the_same_digest_and_others_not()
    {
        using var headData = new TemporaryFolder();
        await using var headsApplication = await FakeApplication.StartAsync();
        headsApplication.AnswerInTurn(200);
        Application.AnswerInTurn(200);
        await using var head = Deliverer.Start(headData, headsApplication.Address);
        await using var node = Replica();
        for (var i = 0; i < 5; i++)
        {
            await head.Send(target: $"/{i}").Completion.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);
        }

        await Eventually.TrueAsync(() => head.Journal.Last.Sequence == 10 && head.Progress.Applied == 10, "the head has recorded its outcomes");
        await node.Journal.AppendReceivedAsync(Hop.Raw.Of(head.Journal, 0), TestContext.Current.CancellationToken);
        await node.AppliesAsync(10);
        Assert.NotEqual(0UL, head.Local.Digest.Current);
        Assert.Equal(head.Local.Digest.Current, node.Local.Digest.Current);

        Application.AnswerInTurn(201);
        await head.Send().Completion.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => head.Journal.Last.Sequence == 12 && head.Progress.Applied == 12, "the head has recorded its outcome");
        await node.Journal.AppendReceivedAsync(Hop.Raw.Of(head.Journal, 10), TestContext.Current.CancellationToken);
        await node.AppliesAsync(12);

        Assert.NotEqual(head.Local.Digest.Current, node.Local.Digest.Current);
        Assert.Equal(head.Local.Digest.At(10), node.Local.Digest.At(10));
        Assert.Equal(1, node.Comparison.Divergences);
    }

    private Deliverer Replica() => Deliverer.Start(_data, Application.Address, Role.Replica);
}
