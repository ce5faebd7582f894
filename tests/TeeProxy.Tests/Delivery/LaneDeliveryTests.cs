using System.Collections.Concurrent;
using System.Text;
using TeeProxy.Chain;

namespace TeeProxy.Tests.Delivery;

/// <summary>Order by key: what may overtake what, and what a stop or a crash leaves.</summary>
public sealed class LaneDeliveryTests : IAsyncLifetime
{
    private const string Key = "header:X-User";

    private readonly TemporaryFolder _data = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new();
    private FakeApplication? _started;

    private FakeApplication Application => _started!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _started = await FakeApplication.StartAsync();
        Application.Answer = (context, seen) => _gates.TryGetValue(seen.Target, out var gate) ? gate.Task.WaitAsync(context.RequestAborted) : Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await Application.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task A_write_that_takes_long_holds_up_those_with_its_key_and_nobody_else()
    {
        Hold("/anna1");
        await using var node = Start();
        var anna = new[] { Send(node, "anna", "/anna1"), Send(node, "anna", "/anna2") };
        var others = Enumerable.Range(0, 50).Select(i => Send(node, $"user{i % 5}", $"/{i:00}")).ToArray();

        await Task.WhenAll(others.Select(write => write.Completion)).WaitAsync(Eventually.Deadline, Cancellation);

        Assert.DoesNotContain("/anna2", Targets);
        Assert.Equal((0, 0), (node.Local.Watermark, node.Progress.Applied));
        Release("/anna1");
        await Task.WhenAll(anna.Select(write => write.Completion)).WaitAsync(Eventually.Deadline, Cancellation);
        await node.AppliesAsync(52);
        Assert.All(Application.Seen.GroupBy(seen => seen.Headers["X-User"]), user => Assert.Equal(user.OrderBy(seen => seen.Sequence), user));
        Assert.Equal(52, Application.Seen.Count);
        Assert.All(Application.Seen, seen => Assert.False(seen.IsMarked));
    }

    [Fact]
    public async Task A_write_without_the_key_waits_for_all_before_it_and_all_behind_wait_for_it()
    {
        Hold("/anna");
        Hold("/all");
        await using var node = Start();
        Send(node, "anna", "/anna");
        Send(node, "bert", "/bert");
        node.Send(target: "/all");
        var last = Send(node, "carl", "/carl");

        await Eventually.TrueAsync(() => Targets.Contains("/bert"), "what may go, goes");
        Assert.Equal(["/anna", "/bert"], Targets.Order(StringComparer.Ordinal));
        Release("/anna");
        await Eventually.TrueAsync(() => Targets.Contains("/all"), "it goes when nothing before it is open");
        Assert.DoesNotContain("/carl", Targets);
        Release("/all");
        await last.Completion.WaitAsync(Eventually.Deadline, Cancellation);

        Assert.Equal(["/all", "/carl"], Targets.Skip(2));
    }

    [Fact]
    public async Task No_more_than_the_lanes_are_in_flight_and_never_further_than_the_window()
    {
        Hold("/anna");
        await using var node = Start(lanes: 3);
        Send(node, "anna", "/anna");
        var writes = Enumerable.Range(0, 800).Select(i => Send(node, $"user{i}", $"/{i}")).ToArray();

        await Eventually.TrueAsync(() => Application.Seen.Count >= 200, "the others go on");
        await Eventually.TrueAsync(() => node.Journal.Last.Sequence >= 801 && !writes[..500].Any(write => write.Sequence <= 512 && !write.Completion.IsCompleted), "the window is used up");
        Assert.All(Application.Seen, seen => Assert.InRange(seen.Sequence, 1, 512));
        Release("/anna");
        await Task.WhenAll(writes.Select(write => write.Completion)).WaitAsync(Eventually.Deadline, Cancellation);

        Assert.Equal(801, Application.Seen.Count);
        Assert.InRange(Application.MostInFlight, 2, 3);
    }

    [Fact]
    public async Task A_stop_finishes_what_is_in_flight_begins_nothing_and_the_next_start_repeats_nothing()
    {
        Hold("/anna1");
        var node = Start();
        var first = Send(node, "anna", "/anna1");
        Send(node, "anna", "/anna2");
        var other = Send(node, "bert", "/bert");
        await other.Completion.WaitAsync(Eventually.Deadline, Cancellation);

        var stopping = node.StopCleanlyAsync();
        Assert.False(stopping.IsCompleted);
        Release("/anna1");
        await stopping;
        Assert.True(first.Completion.IsCompleted);

        await using var again = Start();
        await Send(again, "bert", "/last").Completion.WaitAsync(Eventually.Deadline, Cancellation);
        await Eventually.TrueAsync(() => Application.Seen.Count == 4, "what was left is delivered");
        Assert.Equal(["/anna1", "/anna2", "/bert", "/last"], Targets.Order(StringComparer.Ordinal));
        Assert.All(Application.Seen, seen => Assert.False(seen.IsMarked));
    }

    [Fact]
    public async Task A_crash_repeats_what_was_in_flight_marked_and_not_what_was_done_beyond_it()
    {
        Hold("/anna");
        var node = Start();
        Send(node, "anna", "/anna");
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Send(node, $"user{i}", $"/{i}").Completion)).WaitAsync(Eventually.Deadline, Cancellation);
        await node.AbortAsync();
        Assert.Equal(0, node.Local.Watermark);
        Release("/anna");

        await using var again = Start();
        await Send(again, "zoe", "/zoe").Completion.WaitAsync(Eventually.Deadline, Cancellation);
        await again.AppliesAsync(21);

        Assert.Equal([("/anna", false), ("/anna", true)], Application.Seen.Where(seen => seen.Target == "/anna").Select(seen => (seen.Target, seen.IsMarked)));
        Assert.Equal(23, Application.Seen.Count);
        Assert.Equal(1, again.Local.Redelivered);
    }

    [Fact]
    public async Task A_replicas_answers_meet_the_heads_also_when_the_heads_were_read_first()
    {
        Hold("/anna");
        await using var node = Start(Role.Replica);
        var slow = await node.ReceiveWriteAsync("/anna", ("X-User", "anna"));
        var fast = await node.ReceiveWriteAsync("/bert", ("X-User", "bert"));
        await node.ReceiveOutcomeAsync(slow, 201);
        await node.ReceiveOutcomeAsync(fast, 200);
        await Eventually.TrueAsync(() => Targets.Contains("/bert"), "the fast one is delivered");
        Assert.Equal(0, node.Comparison.Divergences);

        Release("/anna");
        await node.AppliesAsync(4);

        Assert.Equal(1, node.Comparison.Divergences);
        Assert.Equal((slow, "/anna", 200, 201), node.Comparison.Recent.Select(one => (one.Sequence, one.Path, one.Status, one.HeadStatus)).Single());
        Assert.Empty(node.Comparison.Snapshot().Unsettled);
    }

    [Fact]
    public async Task Lanes_and_total_order_come_to_the_same_digest()
    {
        using var otherData = new TemporaryFolder();
        await using var node = Start();
        await using var total = Deliverer.Start(otherData, Application.Address, Role.Replica);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Send(node, $"user{i % 20}", $"/{i}").Completion)).WaitAsync(Eventually.Deadline, Cancellation);
        await Eventually.TrueAsync(() => node.Journal.Last.Sequence == 400 && node.Progress.Applied == 400, "the head has recorded its outcomes");

        await total.Journal.AppendReceivedAsync(Hop.Raw.Of(node.Journal, 0), Cancellation);
        await total.AppliesAsync(400);

        Assert.NotEqual(0UL, node.Local.Digest.Current);
        Assert.Equal(total.Local.Digest.Current, node.Local.Digest.Current);
    }

    [Fact]
    public async Task A_body_too_large_for_memory_is_searched_for_its_key_and_delivered_whole_from_a_lane()
    {
        Hold("/anna");
        await using var node = Deliverer.Start(_data, Application.Address, key: "form:user");
        var body = Encoding.ASCII.GetBytes("user=anna&x=" + new string('y', 500_000));
        var tooLarge = Encoding.ASCII.GetBytes("user=bert&x=" + new string('y', 2_000_000));
        (string, string) type = ("Content-Type", "application/x-www-form-urlencoded");
        node.Send(target: "/anna", body: body, headers: type);
        node.Send(target: "/bert", body: "user=bert"u8.ToArray(), headers: type);
        var barrier = node.Send(target: "/large", body: tooLarge, headers: type);
        await Eventually.TrueAsync(() => Targets.Contains("/bert") && Targets.Contains("/anna"), "they go side by side");
        Assert.DoesNotContain("/large", Targets);

        Release("/anna");
        await barrier.Completion.WaitAsync(Eventually.Deadline, Cancellation);

        Assert.True(Application.Seen.Single(seen => seen.Target == "/anna").Body.AsSpan().SequenceEqual(body), "the application got another body");
        Assert.True(Application.Seen.Single(seen => seen.Target == "/large").Body.AsSpan().SequenceEqual(tooLarge), "the application got another body");
    }

    [Fact]
    public async Task A_small_body_in_a_lane_is_not_that_of_a_later_write()
    {
        Hold("/0");
        await using var node = Start(lanes: 1);
        var writes = Enumerable.Range(0, 300).Select(i => node.Send(target: $"/{i}", body: Body(i), headers: ("X-User", $"{i % 3}"))).ToArray();
        await Eventually.TrueAsync(() => node.Journal.Last.Sequence >= 300, "all are recorded");

        Release("/0");
        await Task.WhenAll(writes.Select(write => write.Completion)).WaitAsync(Eventually.Deadline, Cancellation);

        Assert.All(Application.Seen, seen => Assert.True(seen.Body.AsSpan().SequenceEqual(Body(int.Parse(seen.Target[1..], System.Globalization.CultureInfo.InvariantCulture)))));

        static byte[] Body(int i) => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat($"{i},", 400)));
    }

    [Fact]
    public async Task A_lane_that_fails_ends_the_node_though_nothing_new_comes()
    {
        await using var node = Start();
        await Send(node, "anna", "/0").Completion.WaitAsync(Eventually.Deadline, Cancellation);
        node.BreakClient();

        Send(node, "anna", "/1");

        await Assert.ThrowsAsync<ObjectDisposedException>(() => node.AppliesAsync(3));
    }

    private Deliverer Start(Role role = Role.Head, int lanes = 16) => Deliverer.Start(_data, Application.Address, role, key: Key, lanes: lanes);

    private static TeeProxy.Acks.PendingWrite Send(Deliverer node, string user, string target) => node.Send(target: target, headers: ("X-User", user));

    private IEnumerable<string> Targets => Application.Seen.Select(seen => seen.Target);

    private void Hold(string target) => _gates[target] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Release(string target) => _gates[target].TrySetResult();
}
