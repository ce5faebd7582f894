using TeeChain.Fleet.Registry;

namespace TeeChain.Fleet.Tests.Registry;

public sealed class FleetRegistryTests : IDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly RegistryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private FleetRegistry Registry => _folder.Registry;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Who_stops_announcing_itself_is_away_when_its_lease_is_over_and_keeps_its_place()
    {
        _folder.Announce(_folder.Announcement(1));
        _folder.Announce(_folder.Announcement(2));

        _folder.Clock.Advance(FleetRegistry.Lease);
        _folder.Announce(_folder.Announcement(2));
        _folder.Clock.Advance(Moment);
        Registry.Step();

        Assert.Equal([("w1", WorkerState.Away), ("w2", WorkerState.Present)], Registry.Current.Workers.Select(worker => (worker.Name, worker.State)));
        Assert.Equal(200, _folder.Announce(_folder.Announcement(1)).Status);
        Assert.Equal(WorkerState.Present, _folder.StateOf("w1"));
    }

    [Fact]
    public void Who_stops_is_drained_and_then_away()
    {
        _folder.Announce(_folder.Announcement(1));

        _folder.Announce(_folder.Announcement(1, isLeaving: true));
        Assert.Equal(WorkerState.Draining, _folder.StateOf("w1"));

        _folder.Clock.Advance(FleetRegistry.Lease + Moment);
        Registry.Step();
        Assert.Equal(WorkerState.Away, _folder.StateOf("w1"));
    }

    [Fact]
    public void Who_is_registered_by_its_starter_has_no_lease()
    {
        Assert.Null(Registry.Register(RegistryFolder.Worker(1)));

        _folder.Clock.Advance(TimeSpan.FromHours(1));
        Registry.Step();
        Assert.Equal(WorkerState.Present, _folder.StateOf("w1"));

        Registry.SetState("w1", WorkerState.Away);
        Assert.Equal(WorkerState.Away, _folder.StateOf("w1"));
    }

    [Fact]
    public void Nobody_is_registered_over_another_who_is_present()
    {
        Registry.Register(RegistryFolder.Worker(1));

        Assert.Contains("taken by w1", Registry.Register(RegistryFolder.Worker(2) with { Admin = RegistryFolder.Worker(1).Admin }), StringComparison.Ordinal);

        Assert.Equal(["w1"], _folder.Names);
    }

    [Fact]
    public void Order_addresses_nodes_and_who_leaves_survive_a_restart()
    {
        for (var number = 1; number <= 3; number++)
        {
            Registry.Register(RegistryFolder.Worker(number));
        }

        var node = Guid.NewGuid();
        Registry.Arrange(["w3", "w1"]);
        Registry.Meet("w3", node);
        Registry.MarkLeaving("w2");
        _folder.Restart();

        Assert.Equal(
            [RegistryFolder.Worker(3), RegistryFolder.Worker(1), RegistryFolder.Worker(2, WorkerState.Draining)], Registry.Current.Workers);
        Assert.True(Registry.Current.IsFounded);
        Assert.Equal(node, Registry.Roster.Find("w3")!.Node);
        Assert.True(Registry.Roster.Find("w2")!.IsLeaving);
    }

    [Fact]
    public void After_a_restart_those_on_file_have_a_while_to_announce_themselves()
    {
        _folder.Announce(_folder.Announcement(1));
        _folder.Announce(_folder.Announcement(2));
        _folder.Restart();

        _folder.Clock.Advance(FleetRegistry.Grace - FleetRegistry.Lease);
        _folder.Announce(_folder.Announcement(1));
        _folder.Clock.Advance(FleetRegistry.Lease);
        Registry.Step();
        Assert.Equal(WorkerState.Present, _folder.StateOf("w2"));

        _folder.Announce(_folder.Announcement(1));
        _folder.Clock.Advance(Moment);
        Registry.Step();
        Assert.Equal([WorkerState.Present, WorkerState.Away], Registry.Current.Workers.Select(worker => worker.State));
    }

    [Fact]
    public void A_version_after_a_restart_is_greater_than_any_before()
    {
        for (var number = 1; number <= 20; number++)
        {
            Registry.Register(RegistryFolder.Worker(number));
        }

        var before = Registry.Current.Version;
        _folder.Clock.Advance(TimeSpan.FromSeconds(1));
        _folder.Restart();

        Assert.True(Registry.Current.Version > before);
    }

    [Fact]
    public void Who_leaves_for_good_stays_drained_whatever_it_says_until_that_is_taken_back()
    {
        _folder.Announce(_folder.Announcement(1));
        Registry.MarkLeaving("w1");

        _folder.Announce(_folder.Announcement(1));
        Registry.SetState("w1", WorkerState.Present);
        Assert.Equal(WorkerState.Draining, _folder.StateOf("w1"));

        Registry.MarkStaying("w1");
        Assert.Equal(WorkerState.Present, _folder.StateOf("w1"));
    }

    [Fact]
    public void Who_was_taken_out_of_the_fleet_does_not_come_back_while_it_is_being_stopped()
    {
        _folder.Announce(_folder.Announcement(1));
        Registry.Forget("w1");

        var refused = _folder.Announce(_folder.Announcement(1));
        Assert.Equal((409, true), (refused.Status, refused.Reason.Contains("taken out of the fleet", StringComparison.Ordinal)));
        Assert.Empty(_folder.Names);

        _folder.Clock.Advance(FleetRegistry.LeftFor + Moment);
        Assert.Equal(200, _folder.Announce(_folder.Announcement(1)).Status);
        Registry.Forget("w1");
        Assert.Null(Registry.Register(RegistryFolder.Worker(1)));
    }

    [Fact]
    public async Task Who_waits_for_a_change_gets_the_next_view()
    {
        var before = Registry.Current.Version;
        var waiting = Registry.ChangedAsync(before, Cancellation);
        Assert.False(waiting.IsCompleted);

        Registry.Register(RegistryFolder.Worker(1));

        var view = await waiting;
        Assert.Equal((before + 1, 1), (view.Version, view.Workers.Count));
        Assert.Same(view, await Registry.ChangedAsync(before, Cancellation));
    }

    [Fact]
    public void Problems_are_shown_as_long_as_they_last()
    {
        Registry.Report(["a"]);
        var first = Registry.Current;
        Registry.Report(["a"]);
        Assert.Same(first, Registry.Current);

        Registry.Report([]);
        Assert.Equal((first.Version + 1, 0), (Registry.Current.Version, Registry.Current.Problems.Count));
    }

    [Theory]
    [InlineData("", "The input does not contain any JSON")]
    [InlineData("{\"format\":1,", "cannot be used")]
    [InlineData("{\"format\":2,\"workers\":[]}", "format is 2")]
    [InlineData("{\"format\":1}", "missing")]
    [InlineData("{\"format\":1,\"workers\":[{\"name\":\"a b\",\"address\":\":1\",\"teeproxy\":\":2\",\"admin\":\":3\",\"node\":null,\"isLeaving\":false}]}", "\"a b\" is no worker's name")]
    [InlineData("{\"format\":1,\"workers\":[{\"name\":\"a\",\"address\":\"1\",\"teeproxy\":\":2\",\"admin\":\":3\",\"node\":null,\"isLeaving\":false}]}", "addresses is none")]
    public void A_damaged_or_unknown_file_stops_the_start_and_stays_as_it_is(string content, string why)
    {
        Registry.Dispose();
        File.WriteAllText(_folder.File, content);

        var refusal = Assert.Throws<InvalidDataException>(() => _folder.Open());

        Assert.StartsWith(_folder.File, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("remove it", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(_folder.File));
    }

    [Fact]
    public void Two_workers_on_file_with_an_address_in_common_stop_the_start()
    {
        Registry.Register(RegistryFolder.Worker(1));
        Registry.Register(RegistryFolder.Worker(2));
        Registry.Dispose();
        File.WriteAllText(_folder.File, File.ReadAllText(_folder.File).Replace("4002", "4001", StringComparison.Ordinal));

        Assert.Contains("in common", Assert.Throws<InvalidDataException>(() => _folder.Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_process_has_the_folder() =>
        Assert.Contains("Another registry has the folder", Assert.Throws<IOException>(() => _folder.Open()).Message, StringComparison.Ordinal);

    [Fact]
    public void What_cannot_be_written_down_has_not_happened()
    {
        Registry.Register(RegistryFolder.Worker(1));
        var before = Registry.Current;
        Directory.CreateDirectory(_folder.File + ".tmp"); // in the way of the new content

        Assert.Throws<IOException>(() => _folder.Announce(_folder.Announcement(2)));
        Assert.Throws<IOException>(() => Registry.Forget("w1"));
        Assert.Same(before, Registry.Current);

        Directory.Delete(_folder.File + ".tmp");
        Assert.Equal(200, _folder.Announce(_folder.Announcement(2)).Status);
    }
}
