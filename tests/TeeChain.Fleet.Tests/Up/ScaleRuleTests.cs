using TeeChain.Fleet.Config;
using TeeChain.Fleet.Up;

namespace TeeChain.Fleet.Tests.Up;

public sealed class ScaleRuleTests
{
    private static readonly FleetFile File = new() { Names = ["romulus", "remus"] };

    private static readonly Roll Three = Roll.AtStart(null, File);

    [Fact]
    public void As_many_as_are_wanted_need_nothing() => Assert.Null(Next(Three));

    [Fact]
    public void A_newcomer_takes_the_lowest_free_number_and_its_name()
    {
        Assert.Equal(new ScaleRule.Step(Phase.Joining, new Place(4, "node4"), IsNew: true), Next(Three with { Wanted = 5 }));
        Assert.Equal(new Place(2, "remus"), Next(Three.Without(new Place(2, "remus")))!.Place);
    }

    [Fact]
    public void The_last_of_the_chain_leaves_whatever_its_number() =>
        Assert.Equal(new ScaleRule.Step(Phase.Leaving, new Place(1, "romulus")), Next(Three with { Wanted = 2 }, "remus", "elsewhere", "node3", "romulus"));

    [Fact]
    public void Who_is_in_no_order_yet_leaves_first() => Assert.Equal("node3", Next(Three with { Wanted = 2 }, "romulus", "remus")!.Place.Name);

    [Fact]
    public void What_was_begun_is_finished_first()
    {
        var joining = Three.With(new Place(4, "node4"), Phase.Joining);

        Assert.Equal(new ScaleRule.Step(Phase.Joining, new Place(4, "node4")), Next(joining with { Wanted = 5 }));
        Assert.Equal(new ScaleRule.Step(Phase.Leaving, new Place(4, "node4")), Next(joining));
        Assert.Equal("remus", Next(joining.With(new Place(2, "remus"), Phase.Leaving) with { Wanted = 9 })!.Place.Name);
    }

    [Fact]
    public void However_many_are_asked_for_that_many_come_about_one_by_one()
    {
        var roll = Three;
        foreach (var wanted in (int[])[9, 1, 5, 2, 3])
        {
            roll = roll with { Wanted = wanted };
            for (var steps = 0; ScaleRule.Next(roll, [.. roll.Workers.Select(line => line.Name)], roll.Free(File)) is { } step; steps++)
            {
                Assert.True(steps < 10, "It does not end.");
                roll = step.Phase == Phase.Joining ? roll.With(step.Place, Phase.In) : roll.Without(step.Place);
            }

            Assert.Equal(wanted, roll.Workers.Count);
            Assert.Equal(wanted, roll.Workers.Select(line => line.Number).Distinct().Count());
            Assert.Equal(wanted, roll.Workers.Select(line => line.Name).Distinct().Count());
        }
    }

    [Fact]
    public void After_a_restart_what_scale_asked_for_stands_until_the_file_says_another_number()
    {
        var scaled = Three with { Wanted = 5 };

        Assert.Equal(5, Roll.AtStart(scaled, File).Wanted);
        Assert.Equal(4, Roll.AtStart(scaled, File with { Workers = 4 }).Wanted);
        Assert.Equal(3, Roll.AtStart(scaled, File with { Workers = 4 }).Workers.Count);
    }

    [Fact]
    public void A_roll_is_on_disk_as_it_was_and_a_damaged_one_stops_the_start()
    {
        var folder = Directory.CreateTempSubdirectory("teechain-ledger-").FullName;
        var ledger = new Ledger(folder);
        Assert.Null(ledger.Load());

        ledger.Save(Three.With(new Place(4, "node4"), Phase.Joining));

        var loaded = ledger.Load()!;
        Assert.Equal((3, 3), (loaded.FileWorkers, loaded.Wanted));
        Assert.Equal(new Roll.Line(4, "node4", Phase.Joining), loaded.Workers[^1]);
        System.IO.File.WriteAllText(Path.Combine(folder, "workers.json"), "{\"wanted\": 3");
        Assert.Contains("workers.json", Assert.Throws<InvalidDataException>(ledger.Load).Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private static ScaleRule.Step? Next(Roll roll, params string[] order) => ScaleRule.Next(roll, order, roll.Free(File));
}
