using TeeChain.Protocol.Hop;
using TeeProxy.Chain;

namespace TeeProxy.Tests.Chain;

public sealed class MembershipFileTests : IDisposable
{
    private readonly TemporaryFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public void A_new_folder_gives_a_fresh_node_of_no_chain()
    {
        var one = MembershipFile.Load(_data.Folder);
        var other = MembershipFile.Load(_data.Folder);

        Assert.Equal(new Membership { Node = one.Node }, one);
        Assert.NotEqual(Guid.Empty, one.Node);
        Assert.NotEqual(one.Node, other.Node);
    }

    [Fact]
    public void What_was_saved_is_loaded()
    {
        var saved = new Membership
        {
            Node = Guid.NewGuid(),
            Chain = Guid.NewGuid(),
            Role = Role.Head,
            IsTakingOffice = true,
            Epoch = long.MaxValue,
            Head = Guid.NewGuid(),
            HeadAddress = "[::1]:9000",
            Epochs = [new EpochStart(1, Guid.NewGuid(), 1), new EpochStart(2, Guid.NewGuid(), 77)],
            Known = [new KnownNode(Guid.NewGuid(), Guid.NewGuid(), ":9001", 5, DeclaredFrom: 3, IsDetached: true)],
            View = new ViewVersion(7, 2),
            Nodes = [new ChainNode(Guid.NewGuid(), ":9000")],
            Announced = [new ChainNode(Guid.NewGuid(), ":9004")],
            Removed = [Guid.NewGuid()],
        };

        MembershipFile.Save(_data.Folder, saved);
        var loaded = MembershipFile.Load(_data.Folder);

        Assert.Equal(saved.Epochs, loaded.Epochs);
        Assert.Equal(saved.Known, loaded.Known);
        Assert.Equal(saved.Nodes, loaded.Nodes);
        Assert.Equal(saved.Announced, loaded.Announced);
        Assert.Equal(saved.Removed, loaded.Removed);
        Assert.Equal(Scalars(saved), Scalars(loaded));

        static Membership Scalars(Membership membership) => membership with { Epochs = [], Known = [], Nodes = [], Announced = [], Removed = [] };
    }

    [Fact]
    public void Saving_again_replaces_it_whole()
    {
        var membership = new Membership { Node = Guid.NewGuid(), HeadAddress = new string('x', 5000) };
        MembershipFile.Save(_data.Folder, membership);

        MembershipFile.Save(_data.Folder, membership with { HeadAddress = null });

        Assert.Null(MembershipFile.Load(_data.Folder).HeadAddress);
        Assert.Equal(["membership.json"], Directory.EnumerateFiles(_data.Path).Select(file => Path.GetFileName(file)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"node\": \"no guid\"}")]
    [InlineData("{\"node\": \"6f1f2b1e-0f5c-4b51-8a86-2f6ad2a0a001\", \"epochs\": null}")]
    [InlineData("{\"node\": \"6f1f2b1e-0f5c-4b51-8a86-2f6ad2a0a001\"")]
    [InlineData("\u0000\u0000\u0000")]
    public void A_damaged_file_says_which_it_is_and_what_to_do(string content)
    {
        File.WriteAllText(Path.Combine(_data.Path, "membership.json"), content);

        var damaged = Assert.Throws<InvalidDataException>(() => MembershipFile.Load(_data.Folder));

        Assert.StartsWith("membership.json is ", damaged.Message, StringComparison.Ordinal);
        Assert.Contains("seed this node anew", damaged.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_epoch_record_reads_back_and_other_bytes_do_not()
    {
        var record = new EpochRecord(Guid.NewGuid(), 3, Guid.NewGuid(), ":9000", 0xdeadbeef);

        Assert.Equal(record, EpochRecord.Decode(record.Encode()));
        foreach (var other in (string[])["", "null", "POST / HTTP/1.1", "{}"])
        {
            Assert.Throws<InvalidDataException>(() => EpochRecord.Decode(System.Text.Encoding.UTF8.GetBytes(other)));
        }
    }
}

public sealed class MembershipTests
{
    private static readonly Guid Head = Guid.NewGuid();

    [Fact]
    public void An_epochs_record_is_promised_and_remembered()
    {
        var membership = new Membership { Node = Guid.NewGuid(), Epoch = 1, HeadAddress = ":9000" };

        var next = membership.WithEpochRecord(new EpochStart(2, Head, 9), ":9001");

        Assert.Equal((2, Head, ":9001"), (next.Epoch, next.Head!.Value, next.HeadAddress));
        Assert.Equal([new EpochStart(2, Head, 9)], next.Epochs);
    }

    [Fact]
    public void An_older_epochs_record_and_a_known_one_change_nothing()
    {
        var membership = new Membership { Node = Guid.NewGuid() }.WithEpochRecord(new EpochStart(5, Head, 9), ":9000");

        Assert.Same(membership, membership.WithEpochRecord(new EpochStart(4, Guid.NewGuid(), 3), ":9001"));
        Assert.Same(membership, membership.WithEpochRecord(new EpochStart(5, Guid.NewGuid(), 9), ":9001"));
    }

    [Fact]
    public void The_last_64_epochs_are_remembered()
    {
        var membership = new Membership { Node = Guid.NewGuid() };

        for (var epoch = 1; epoch <= 70; epoch++)
        {
            membership = membership.WithEpochRecord(new EpochStart(epoch, Head, epoch * 10), null);
        }

        Assert.Equal(Enumerable.Range(7, 64).Select(epoch => (long)epoch), membership.Epochs.Select(start => start.Epoch));
    }

    [Fact]
    public void A_known_node_has_one_row()
    {
        var (one, other) = (Guid.NewGuid(), Guid.NewGuid());
        var journal = Guid.NewGuid();
        var membership = new Membership { Node = Guid.NewGuid() }
            .WithKnown(new KnownNode(one, journal, ":9001", 1))
            .WithKnown(new KnownNode(other, journal, ":9002", 1));

        var next = membership.WithKnown(new KnownNode(one, journal, ":9001", 2));

        Assert.Equal([new KnownNode(other, journal, ":9002", 1), new KnownNode(one, journal, ":9001", 2)], next.Known);
    }

    [Fact]
    public void What_takes_a_declared_nodes_place_fulfils_the_declaration()
    {
        var (gone, here) = (Guid.NewGuid(), new KnownNode(Guid.NewGuid(), Guid.NewGuid(), ":9001", 9));
        var membership = new Membership { Node = Guid.NewGuid(), Known = [new(gone, default, ":9001", 5), new(Head, default, ":9002", 5)] };

        Assert.Equal([Head, here.Node], membership.WithDeclared(gone, 3).WithKnown(here).Known.Select(known => known.Node));
        Assert.Equal([gone, Head, here.Node], membership.WithKnown(here).Known.Select(known => known.Node));
    }

    [Fact]
    public void A_removed_node_is_forgotten_and_is_not_known_again_by_a_late_row()
    {
        var (gone, other) = (new KnownNode(Guid.NewGuid(), default, ":9001", 5), new KnownNode(Guid.NewGuid(), default, ":9002", 5));
        var membership = new Membership { Node = Guid.NewGuid(), Known = [gone, other], Nodes = [new(gone.Node, ":9001"), new(other.Node, ":9002")] };

        var next = membership.Without(gone.Node);

        Assert.Equal([other], next.Known);
        Assert.Equal([new ChainNode(other.Node, ":9002")], next.Nodes);
        Assert.Same(next, next.Without(gone.Node));
        Assert.Same(next, next.WithKnown(gone));
    }

    [Fact]
    public void The_last_64_removed_nodes_are_remembered()
    {
        var removed = Enumerable.Range(0, 70).Select(_ => Guid.NewGuid()).ToArray();

        var membership = removed.Aggregate(new Membership { Node = Guid.NewGuid() }, (now, node) => now.Without(node));

        Assert.Equal(removed[6..], membership.Removed);
    }

    [Fact]
    public void A_declared_node_counts_no_more_and_needs_what_it_was_declared_to_lack()
    {
        var known = new KnownNode(Guid.NewGuid(), default, ":9001", 5, IsDetached: true);
        var membership = new Membership { Node = Guid.NewGuid(), Known = [known] };

        var next = membership.WithDeclared(known.Node, 3);

        Assert.Empty(next.Counted);
        Assert.Equal((3L, false), (next.Known[0].NeedsBehind, next.Known[0].IsDetached));
        Assert.Same(next, next.WithDeclared(known.Node, 3));
        Assert.Same(next, next.WithDeclared(Guid.NewGuid(), 3));
        Assert.Equal(0, next.WithDeclared(known.Node, 0).Known[0].NeedsBehind);
    }

    [Fact]
    public void A_detached_node_still_counts()
    {
        var known = new KnownNode(Guid.NewGuid(), default, ":9001", 5);
        var membership = new Membership { Node = Guid.NewGuid(), Known = [known] };

        var next = membership.WithDetached(known.Node, at: 9);

        Assert.Equal([known with { IsDetached = true, DetachedAt = 9 }], next.Counted);
        Assert.Same(next, next.WithDetached(known.Node, at: 9));
        Assert.Same(membership, membership.WithDetached(Guid.NewGuid(), at: 9));
    }

    [Fact]
    public void The_others_are_all_that_anybody_told_of_once_and_never_this_node()
    {
        var (self, one, two, declared, announced) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var membership = new Membership
        {
            Node = self,
            Head = Head,
            HeadAddress = ":9000",
            Nodes = [new(self, ":9009"), new(one, ":9001")],
            Announced = [new(announced, ":9004")],
            Known = [new(one, default, ":9101", 1), new(two, default, ":9002", 1), new(declared, default, ":9003", 1, DeclaredFrom: 0)],
        };

        Assert.Equal([new ChainNode(one, ":9001"), new ChainNode(announced, ":9004"), new ChainNode(Head, ":9000"), new ChainNode(two, ":9002")], membership.Others);
        Assert.Empty(new Membership { Node = self, Head = self, HeadAddress = ":9009" }.Others);
    }

    [Fact]
    public void Whoever_follows_another_head_leads_no_more()
    {
        var next = new Membership { Node = Guid.NewGuid(), Role = Role.Head, IsTakingOffice = true, Epoch = 2 }.Following(3, Head, ":9000");

        Assert.Equal((Role.Replica, false, 3, Head, ":9000"), (next.Role, next.IsTakingOffice, next.Epoch, next.Head!.Value, next.HeadAddress));
    }
}
