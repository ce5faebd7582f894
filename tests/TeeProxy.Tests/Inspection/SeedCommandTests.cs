using TeeChain.Journaling;
using TeeChain.Protocol.Hop;
using TeeProxy.Chain;
using TeeProxy.Delivery;
using TeeProxy.Inspection;
using TeeProxy.Options;

namespace TeeProxy.Tests.Inspection;

public sealed class SeedCommandTests : IDisposable
{
    private static readonly Guid TheChain = Guid.NewGuid();
    private static readonly JournalPosition Held = new(17, 3, 0x0123abcd);

    private readonly TemporaryFolder _parent = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    private string Folder => Path.Combine(_parent.Path, "seeded");

    public void Dispose()
    {
        _output.Dispose();
        _errors.Dispose();
        _parent.Dispose();
    }

    [Fact]
    public void A_position_reads_as_the_hold_tells_it() =>
        Assert.Equal((Held, 0xfedcba9876543210UL), SeedCommand.Parse("17:3:0123abcd:fedcba9876543210"));

    [Theory]
    [InlineData("")]
    [InlineData("17")]
    [InlineData("17:3:0123abcd")]
    [InlineData("17:3:0123abcd:fedcba9876543210:")]
    [InlineData("0:3:0123abcd:fedcba9876543210")]
    [InlineData("17:0:0123abcd:fedcba9876543210")]
    [InlineData("-1:3:0123abcd:fedcba9876543210")]
    [InlineData(" 17:3:0123abcd:fedcba9876543210")]
    [InlineData("17:3:123abcd:fedcba9876543210")]
    [InlineData("17:3:0123abcg:fedcba9876543210")]
    [InlineData("17:3:0123abcd:fedcba987654321")]
    [InlineData("9223372036854775808:3:0123abcd:fedcba9876543210")]
    public void Anything_else_is_no_position(string text) => Assert.Null(SeedCommand.Parse(text));

    [Fact]
    public async Task A_seeded_folder_is_a_replicas_that_begins_behind_the_held_record()
    {
        Assert.Equal((0, ""), (Run(), _errors.ToString()));

        using var folder = DiskFolder.OpenOrCreate(Folder);
        var membership = MembershipFile.Load(folder);
        Assert.Equal(
            new Membership { Node = membership.Node, Chain = TheChain, Role = Role.Replica, IsJoining = true, Epoch = 3 },
            membership with { Epochs = [], Known = [], Nodes = [], Announced = [], Removed = [] });
        await using var journal = Journal.Open(folder, new JournalOptions());
        Assert.Equal((Held, Held, 17L), (journal.Base, journal.Last, journal.Cursor.Watermark));
        var notes = CursorNotes.Decode(journal.Cursor.Notes.Span);
        Assert.Equal((true, 0xfedcba9876543210UL), (notes.IsCleanStop, notes.Digest));
    }

    [Fact]
    public void A_seeded_node_accepts_its_chain_behind_the_held_record()
    {
        Run();
        using var folder = DiskFolder.OpenOrCreate(Folder);
        var (head, last) = (Guid.NewGuid(), new Position(40, 3, 0x40));
        var opening = new Opening
        {
            Protocol = HopEndpoint.Version,
            Chain = TheChain,
            Node = head,
            Journal = Guid.NewGuid(),
            Address = ":9000",
            Epoch = 3,
            Head = head,
            Path = [head],
            Base = default,
            Last = last,
            Epochs = [new EpochStart(3, head, 12)],
            Settings = "digest",
            SettingsText = "order=total",
        };

        var decision = OpeningRule.Judge(new(MembershipFile.Load(folder), RolePin.Auto, new Position(17, 3, 0x0123abcd), null, "digest", "order=total"), opening);

        Assert.Equal((Verdict.Accept, true), (decision.Verdict, decision.Next.IsJoining));
    }

    [Fact]
    public void Two_seeded_folders_are_two_nodes()
    {
        Run();
        var other = Path.Combine(_parent.Path, "other");
        SeedCommand.Run(new Command.Seed(other, TheChain, Held, 1), _output, _errors);
        using var folder = DiskFolder.OpenOrCreate(Folder);
        using var otherFolder = DiskFolder.OpenOrCreate(other);

        Assert.NotEqual(MembershipFile.Load(folder).Node, MembershipFile.Load(otherFolder).Node);
    }

    [Fact]
    public void A_folder_that_is_not_empty_is_left_as_it_is()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "something"), "else");

        Assert.Equal(1, Run());

        Assert.Contains("is not empty", _errors.ToString(), StringComparison.Ordinal);
        Assert.Equal(["something"], Directory.EnumerateFileSystemEntries(Folder).Select(entry => Path.GetFileName(entry)));
    }

    [Fact]
    public void A_folder_is_seeded_once()
    {
        Run();
        var node = File.ReadAllText(Path.Combine(Folder, "membership.json"));

        Assert.Equal(1, Run());

        Assert.Equal(node, File.ReadAllText(Path.Combine(Folder, "membership.json")));
    }

    private int Run() => SeedCommand.Run(new Command.Seed(Folder, TheChain, Held, 0xfedcba9876543210), _output, _errors);
}
