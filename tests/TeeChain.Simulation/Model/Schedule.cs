using TeeProxy.Acks;

namespace TeeChain.Simulation.Model;

/// <summary>What goes wrong, and what operators do meanwhile: by chance, from the seed.</summary>
internal sealed class Schedule
{
    private readonly World _world;
    private readonly Net _net;
    private readonly Chronicle _chronicle;
    private readonly Operators _operators;
    private readonly IReadOnlyList<Machine> _machines;
    private readonly List<(int Weight, Action Act)> _acts = [];
    private readonly bool _hasShortLists;
    private readonly int _longestPause;
    private (Machine Machine, Disk Disk, Application Application)? _backup;
    private int _losses;

    public Schedule(World world, Net net, Chronicle chronicle, Operators operators, IReadOnlyList<Machine> machines)
    {
        (_world, _net, _chronicle, _operators, _machines) = (world, net, chronicle, operators, machines);
        _hasShortLists = world.Chance(0.3);
        _longestPause = world.Pick([300, 1500, 5000]);
        _losses = world.Chance(0.3) ? world.Next(1, 2) : 0;
        Add(10, Crash);
        Add(5, Stop);
        Add(6, Partition);
        Add(6, _net.Reset);
        Add(3, Slow);
        Add(3, ApplicationOutage);
        Add(world.Chance(0.6) ? 6 : 0, Promote);
        Add(world.Chance(0.3) ? 3 : 0, ForcePromotion);
        Add(world.Chance(0.5) ? 4 : 0, Rewire);
        Add(world.Chance(0.2) ? 3 : 0, RemoveOrJoin);
        Add(_losses > 0 ? 5 : 0, Backup);
        Add(_losses > 0 ? 8 : 0, LoseFolder);
    }

    /// <summary>Whether faults are made.</summary>
    public bool IsOn { get; set; } = true;

    /// <summary>The chain's order as the operators want it: the head first.</summary>
    public List<Machine> Order { get; init; } = [];

    public static AckLevel Level(World world) => world.Pick([AckLevel.Local, AckLevel.Next, AckLevel.Chain]);

    /// <summary>The successors of a machine in the wanted order.</summary>
    public IReadOnlyList<string> NextOf(Machine machine)
    {
        var behind = Order.SkipWhile(one => one != machine).Skip(1).Select(static one => one.Address);
        return [.. _hasShortLists ? behind.Take(1) : behind];
    }

    public void Begin() => _world.After(_world.Next(1, _longestPause), null, () =>
    {
        if (IsOn)
        {
            Act();
            Begin();
        }
    });

    private void Add(int weight, Action act) => _acts.Add((weight, act));

    private void Act()
    {
        var at = _world.Next(0, _acts.Sum(static act => act.Weight) - 1);
        _acts.First(act => (at -= act.Weight) < 0).Act();
    }

    private Machine Any() => _world.Pick(_machines);

    private void Later(int atMost, Action action) => _world.After(_world.Chance(0.3) ? _world.Next(0, 100) : _world.Next(0, atMost), null, action);

    private void Crash()
    {
        var machine = Any();
        machine.Kill(isPowerFailure: _world.Chance(0.3));
        Later(6000, () => Restart(machine));
    }

    private static void Restart(Machine machine)
    {
        if (!machine.IsUp)
        {
            machine.Start();
        }
    }

    private void Stop()
    {
        if (Any().Running is { } node)
        {
            _world.Say($"{node.Process.Name}: is stopped");
            node.Process.Stop();
            Later(5000, () =>
            {
                _world.Say($"{node.Process.Name}: continues");
                node.Process.Continue();
            });
        }
    }

    private void Partition()
    {
        var (from, to) = (Any(), Any());
        var isBothWays = _world.Chance(0.6);
        _world.Say($"{from.Name} and {to.Name} are cut off {(isBothWays ? "from each other" : "one way")}");
        _net.Cut(from.Index, to.Index);
        if (isBothWays)
        {
            _net.Cut(to.Index, from.Index);
        }

        Later(8000, () =>
        {
            _world.Say($"{from.Name} and {to.Name} reach each other");
            _net.Mend(from.Index, to.Index);
            _net.Mend(to.Index, from.Index);
        });
    }

    private void Slow()
    {
        if (Any().Running is { } node)
        {
            node.Process.Slowness = _world.Next(5, 200);
            Later(5000, () => node.Process.Slowness = 0);
        }
    }

    private void ApplicationOutage()
    {
        var application = Any().Application;
        application.IsDown = true;
        Later(4000, () => application.IsDown = false);
    }

    private void Promote()
    {
        if (Any().Running is { } node && !_operators.HaveRemoved(node.Membership.Node))
        {
            _operators.Promote(node, new HashSet<Guid>(), refusal => Promoted(node, refusal));
        }
    }

    private void ForcePromotion()
    {
        if (Any().Running is { } node && !_operators.HaveRemoved(node.Membership.Node))
        {
            _operators.Promote(node, node.Membership.Others.Select(static other => other.Node).Where(_ => _world.Chance(0.4)).ToHashSet(), refusal => Promoted(node, refusal));
        }
    }

    private void Promoted(Node node, string? refusal)
    {
        if (refusal is null)
        {
            Order.Remove(node.Machine);
            Order.Insert(0, node.Machine);
        }

        Later(3000, RewireAll);
    }

    /// <summary>The operators bring the wiring in line with the wanted order, as far as they reach the nodes.</summary>
    public void RewireAll()
    {
        foreach (var machine in _machines)
        {
            machine.NextFlag = NextOf(machine);
            if (machine.Running is { } node)
            {
                _operators.SetNext(node, NextOf(machine));
            }
        }
    }

    private void Rewire()
    {
        if (Any().Running is { } node)
        {
            _operators.SetNext(node, [.. _machines.Where(one => one != node.Machine && _world.Chance(0.5)).Select(static one => one.Address)]);
            Later(4000, RewireAll);
        }
    }

    private void RemoveOrJoin()
    {
        if (_chronicle.Head?.Running is { } head && head.Membership.Known.Count > 0)
        {
            var known = _world.Pick(head.Membership.Known);
            var machine = _chronicle.Machines[known.Node];
            _operators.Remove(head, known.Node);
            Later(4000, () => Empty(machine));
        }
    }

    /// <summary>A machine is set up anew: it comes as a new node.</summary>
    public void Empty(Machine machine)
    {
        machine.Kill(isPowerFailure: false);
        machine.Replace(new Disk(_world.NewGuid()), new Application(_world));
        machine.Start();
    }

    private void Backup()
    {
        var machine = Any();
        _backup = (machine, machine.Disk.Copy(), machine.Application.Copy());
    }

    private void LoseFolder()
    {
        if (_losses-- <= 0 || !_machines.All(static machine => machine.IsUp))
        {
            return;
        }

        var machine = _backup?.Machine ?? Any();
        var before = machine.Node!.Membership.Node;
        machine.Kill(isPowerFailure: true);
        var withApplication = _world.Chance(0.7);
        if (_backup is { } backup && _world.Chance(0.6))
        {
            machine.Replace(backup.Disk.Copy(), withApplication ? backup.Application.Copy() : null);
        }
        else
        {
            machine.Replace(new Disk(_world.NewGuid()), withApplication ? new Application(_world) : null);
        }

        Later(3000, () => Restart(machine));
        if (withApplication)
        {
            Later(9000, () =>
            {
                if (_chronicle.Head?.Running is { } head && head.Membership.Known.Any(known => known.Node == before))
                {
                    _operators.Declare(head, before);
                }
            });
        }
    }
}
