namespace TeeChain.Simulation.Model;

/// <summary>
/// One run: nodes, clients and operators live through a storm, then everything is mended. It follows from its seed alone.
/// </summary>
internal static class Storm
{
    /// <summary>What a run was, for those who want to see that runs differ.</summary>
    internal sealed record Summary(int Nodes, long Steps, int AckedWrites, long Epoch);

    /// <exception cref="BrokenPromiseException">A promise does not hold; the message has the seed and the trace.</exception>
    public static Summary Run(int seed, int traceLines = 300)
    {
        var world = new World(seed) { TraceLines = traceLines };
        try
        {
            return Run(world);
        }
        catch (Exception e)
        {
            throw new BrokenPromiseException($"Seed {seed}: {(e is BrokenPromiseException ? e.Message : e.ToString())}{Environment.NewLine}{world.Trace}", e);
        }
        finally
        {
            world.IsOver = true;
        }
    }

    private static Summary Run(World world)
    {
        var net = new Net(world);
        var level = Schedule.Level(world);
        var chronicle = new Chronicle(world, level);
        var checks = new Checks(chronicle, level);
        var operators = new Operators(world, chronicle);
        var machines = Enumerable.Range(0, world.Next(2, 5)).Select(index => new Machine(world, net, index, level)).ToArray();
        var schedule = new Schedule(world, net, chronicle, operators, machines) { Order = [.. machines] };
        var running = new Dictionary<Process, Node>();
        world.Say($"{machines.Length} nodes, --ack {level}");
        foreach (var machine in machines)
        {
            machine.NextFlag = schedule.NextOf(machine);
            machine.Starting = node =>
            {
                running[node.Process] = node;
                chronicle.Machines[node.Membership.Node] = machine;
                machine.Application.Delivering = (sequence, isMarked) => Checks.Delivering(machine, sequence, isMarked);
                node.Journal.Appended += record => chronicle.Appended(node, record);
            };
            machine.Start();
        }

        world.Stepped = process =>
        {
            if (process is not null)
            {
                checks.After(running[process]);
            }
        };

        var clients = new Clients(world, chronicle, machines);
        clients.Begin();
        world.RunUntil(3_000);
        schedule.Begin();
        world.RunUntil(3_000 + world.Next(5_000, 40_000));
        schedule.IsOn = false;
        clients.IsOn = false;
        new Doctor(world, net, chronicle, operators, schedule, machines).Heal();
        if (chronicle.Head is not null)
        {
            chronicle.CheckWrites();
        }

        return new Summary(machines.Length, world.Steps, chronicle.Writes.Count, chronicle.Epoch);
    }
}
