using System.Security.Cryptography;
using TeeChain.Journaling;
using TeeProxy.Chain;
using TeeProxy.Delivery.Parking;

namespace TeeProxy.Tests.Delivery;

/// <summary>A write that a replica's application keeps refusing is set aside; an outage is waited for.</summary>
public sealed class ParkingTests : IAsyncLifetime
{
    private readonly TemporaryFolder _data = new();
    private readonly HashSet<string> _refused = [];
    private volatile int _status = 500;
    private FakeApplication? _started;

    private FakeApplication Application => _started!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _started = await FakeApplication.StartAsync();
        Application.Answer = (context, seen) =>
        {
            lock (_refused)
            {
                context.Response.StatusCode = _refused.Contains(seen.Target) ? _status : 201;
            }

            return Task.CompletedTask;
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Application.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task A_refused_write_is_parked_the_next_goes_on_and_a_retry_delivers_it_marked()
    {
        Refuse("/bad?token=secret");
        await using var node = Replica();
        var bad = await ReceiveAsync(node, "/bad?token=secret");
        var good = await ReceiveAsync(node, "/good");
        await node.AppliesAsync(good + 1);

        var parked = Assert.Single(node.Parked.All);
        Assert.Equal((bad, "POST", "/bad", 9L, 500, 201), (parked.Sequence, parked.Method, parked.Path, parked.BodyBytes, parked.Status, parked.HeadStatus));
        Assert.Equal(1, node.Comparison.Divergences);
        Assert.Equal(409, (await node.Retry.RetryAsync(bad)).Status);
        Assert.Single(node.Parked.All);

        Allow();
        var outcome = await node.Retry.RetryAsync(bad);

        Assert.True(outcome.Status == 200, outcome.Text);
        Assert.Empty(node.Parked.All);
        Assert.Empty(Directory.EnumerateFiles(node.ParkedFolder.Path));
        var last = Application.Seen.Last();
        Assert.Equal((bad, true, "user=anna"), (last.Sequence, last.IsMarked, System.Text.Encoding.ASCII.GetString(last.Body)));
        Assert.Equal(404, (await node.Retry.RetryAsync(bad)).Status);
    }

    [Fact]
    public async Task An_outage_parks_one_write_and_waits_with_the_others_and_says_so()
    {
        Refuse("/1", "/2", "/3");
        await using var node = Replica();
        await ReceiveAsync(node, "/1");
        await ReceiveAsync(node, "/2");
        var last = await ReceiveAsync(node, "/3");

        await Eventually.TrueAsync(() => node.Problems.Snapshot().Any(problem => problem.Verdict == "Outage"), "the node says that it waits");
        Assert.Equal("/1", Assert.Single(node.Parked.All).Path);
        Allow();
        await node.AppliesAsync(last + 1);

        Assert.Equal("/1", Assert.Single(node.Parked.All).Path);
        Assert.Equal(["/2", "/3"], Application.Seen.TakeLast(2).Select(seen => seen.Target));
    }

    [Fact]
    public async Task After_something_was_delivered_the_next_may_be_parked()
    {
        Refuse("/1", "/3");
        await using var node = Replica();
        await ReceiveAsync(node, "/1");
        await ReceiveAsync(node, "/2");
        var last = await ReceiveAsync(node, "/3");

        await node.AppliesAsync(last + 1);

        Assert.Equal(["/1", "/3"], node.Parked.All.Select(one => one.Path));
    }

    [Fact]
    public async Task In_lanes_an_outage_parks_one_write_of_all_users()
    {
        Refuse("/1", "/2", "/3", "/4");
        await using var node = Replica(key: "path");
        foreach (var path in (string[])["/1", "/2", "/3", "/4"])
        {
            await ReceiveAsync(node, path);
        }

        await Eventually.TrueAsync(() => node.Problems.Snapshot().Any(problem => problem.Verdict == "Outage"), "the node says that it waits");

        Assert.Single(node.Parked.All);
    }

    [Fact]
    public async Task In_lanes_a_second_write_of_the_same_key_waits_though_others_are_delivered()
    {
        Refuse("/bad");
        await using var node = Replica(key: "path");
        await ReceiveAsync(node, "/bad");
        await Eventually.TrueAsync(() => node.Parked.All.Count == 1, "the first is parked");
        await node.AppliesAsync(await ReceiveAsync(node, "/good") + 1);

        await ReceiveAsync(node, "/bad");
        await Eventually.TrueAsync(() => node.Problems.Snapshot().Any(problem => problem.Verdict == "Outage"), "the node says that it waits");

        Assert.Single(node.Parked.All);
    }

    [Fact]
    public async Task A_full_disk_parks_nothing_and_it_is_tried_again()
    {
        Refuse("/bad");
        await using var node = Replica();
        node.ParkedFolder.IsFull = true;
        var bad = await ReceiveAsync(node, "/bad");
        await Eventually.TrueAsync(() => node.Problems.Snapshot().Any(problem => problem.Verdict == "Unparked"), "the node says that it cannot");
        Assert.Equal((0, bad - 1), (node.Parked.All.Count, node.Local.Watermark));

        node.ParkedFolder.IsFull = false;
        await node.AppliesAsync(bad);

        Assert.Single(node.Parked.All);
    }

    [Fact]
    public async Task A_parked_write_survives_a_restart_with_a_large_body_and_can_be_retried()
    {
        Refuse("/bad");
        var body = RandomNumberGenerator.GetBytes(3 << 20);
        var node = Replica();
        var bad = (await node.Journal.AppendAsync(EntryKind.Write, Deliverer.Payload("POST", "/bad", body, []))).Sequence;
        await node.ReceiveOutcomeAsync(bad, 201);
        await node.AppliesAsync(bad + 1);
        await node.AbortAsync();
        Allow();

        await using var again = Replica();
        var outcome = await again.Retry.RetryAsync(bad);

        Assert.True(outcome.Status == 200, outcome.Text);
        Assert.True(Application.Seen.Last().Body.AsSpan().SequenceEqual(body), "the application got another body");
    }

    [Fact]
    public async Task Two_in_a_row_are_not_parked_across_a_restart_either()
    {
        Refuse("/1", "/2");
        var node = Replica();
        await node.AppliesAsync(await ReceiveAsync(node, "/1") + 1);
        await node.AbortAsync();

        await using var again = Replica();
        await ReceiveAsync(again, "/2");
        await Eventually.TrueAsync(() => again.Problems.Snapshot().Any(problem => problem.Verdict == "Outage"), "the node says that it waits");

        Assert.Single(again.Parked.All);
    }

    [Theory]
    [InlineData(201, true)]
    [InlineData(409, false)]
    [InlineData(0, false)]
    public async Task The_digest_agrees_again_only_where_the_retry_is_answered_like_the_heads(int status, bool agrees)
    {
        Refuse("/bad");
        await using var node = Replica();
        var bad = await ReceiveAsync(node, "/bad");
        await node.AppliesAsync(await ReceiveAsync(node, "/good") + 1);
        var asIfAllWere201 = new TeeProxy.Delivery.DeliveredDigest(0, 0);
        foreach (var sequence in new[] { bad, bad + 2 })
        {
            Assert.True(node.Journal.TryGetPosition(sequence, out var position));
            asIfAllWere201.Delivered(sequence, position.Crc, 201);
        }

        _status = status;
        var outcome = status == 0 ? await node.Retry.DropAsync(bad) : await node.Retry.RetryAsync(bad);

        Assert.Equal(200, outcome.Status);
        Assert.Empty(node.Parked.All);
        Assert.Equal(agrees, node.Local.Digest.Current == asIfAllWere201.Current);
    }

    [Fact]
    public async Task What_was_parked_and_not_noted_as_such_is_delivered_in_its_turn()
    {
        Refuse("/bad");
        var node = Replica();
        var bad = await ReceiveAsync(node, "/bad");
        await node.AppliesAsync(bad + 1);
        var file = Assert.Single(Directory.EnumerateFiles(node.ParkedFolder.Path));
        var bytes = await File.ReadAllBytesAsync(file, Cancellation);
        await node.AbortAsync();

        // As after a crash between parking and the cursor: a file of a write that is still to be delivered, and half of one.
        bytes[8] += 7;
        var start = bytes.AsSpan(0, 52);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(start[48..], Crc32C.Compute(start[..48]));
        await File.WriteAllBytesAsync(Path.Combine(Path.GetDirectoryName(file)!, ParkedFile.NameOf(bad + 7)), bytes, Cancellation);
        await File.WriteAllBytesAsync(file + ParkedFile.TemporaryExtension, [1, 2, 3], Cancellation);
        await using var again = Replica();

        Assert.Equal(bad, Assert.Single(again.Parked.All).Sequence);
        Assert.Equal([file], Directory.EnumerateFiles(again.ParkedFolder.Path));
    }

    [Fact]
    public async Task A_damaged_file_or_one_under_another_name_stops_the_start()
    {
        Refuse("/bad");
        await using var node = Replica();
        await node.AppliesAsync(await ReceiveAsync(node, "/bad") + 1);
        var file = Assert.Single(Directory.EnumerateFiles(node.ParkedFolder.Path));
        var bytes = await File.ReadAllBytesAsync(file, Cancellation);

        foreach (var damage in (Action[])[() => bytes[20] ^= 1, () => bytes[0] ^= 1, () => bytes = bytes[..^1], () => bytes = bytes[..10]])
        {
            var good = bytes.ToArray();
            damage();
            await File.WriteAllBytesAsync(file, bytes, Cancellation);
            Assert.Contains(file, Assert.Throws<InvalidDataException>(() => ParkedWrites.Open(node.ParkedFolder)).Message, StringComparison.Ordinal);
            bytes = good;
            await File.WriteAllBytesAsync(file, bytes, Cancellation);
        }

        Assert.Single(ParkedWrites.Open(node.ParkedFolder).All);
        File.Move(file, Path.Combine(node.ParkedFolder.Path, ParkedFile.NameOf(999)));
        Assert.Throws<InvalidDataException>(() => ParkedWrites.Open(node.ParkedFolder));
    }

    [Fact]
    public async Task A_damaged_body_is_not_delivered()
    {
        Refuse("/bad");
        await using var node = Replica();
        var bad = await ReceiveAsync(node, "/bad");
        await node.AppliesAsync(bad + 1);
        var file = Assert.Single(Directory.EnumerateFiles(node.ParkedFolder.Path));
        var bytes = await File.ReadAllBytesAsync(file, Cancellation);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Cancellation);
        Allow();
        var seen = Application.Seen.Count;

        var outcome = await node.Retry.RetryAsync(bad);

        Assert.Equal(500, outcome.Status);
        Assert.Contains("is damaged", outcome.Text, StringComparison.Ordinal);
        Assert.Equal((seen, 1), (Application.Seen.Count, node.Parked.All.Count));
    }

    private Deliverer Replica(string? key = null) =>
        Deliverer.Start(_data, Application.Address, Role.Replica, key: key, parkAfter: TimeSpan.FromMilliseconds(200));

    /// <summary>A write that the head's application answered with 201.</summary>
    private async Task<long> ReceiveAsync(Deliverer node, string target)
    {
        var sequence = await node.ReceiveWriteAsync(target);
        await node.ReceiveOutcomeAsync(sequence, 201);
        return sequence;
    }

    private void Refuse(params string[] targets)
    {
        lock (_refused)
        {
            _refused.UnionWith(targets);
        }
    }

    private void Allow()
    {
        lock (_refused)
        {
            _refused.Clear();
        }
    }
}
