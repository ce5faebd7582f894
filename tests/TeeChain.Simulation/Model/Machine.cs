using TeeProxy.Acks;

namespace TeeChain.Simulation.Model;

/// <summary>Where a node lives: what outlasts its process. The process may be killed, and started on what is left.</summary>
internal sealed class Machine(World world, Net net, int index, AckLevel level)
{
    public int Index => index;

    public string Name { get; } = ((char)('A' + index)).ToString();

    public string Address => $"{Name.ToLowerInvariant()}:{9000 + index}";

    /// <summary><c>--next</c>.</summary>
    public IReadOnlyList<string> NextFlag { get; set; } = [];

    public Disk Disk { get; private set; } = new(world.NewGuid());

    public Application Application { get; private set; } = new(world);

    /// <summary>The last run; dead when there is none now.</summary>
    public Node? Node { get; private set; }

    /// <summary>The run, when it can do something now.</summary>
    public Node? Running => Node is { IsRunning: true } ? Node : null;

    public bool IsUp => Node is { Process.IsDead: false };

    /// <summary>Whether the last crash was that of the machine.</summary>
    public bool LostPower { get; private set; }

    /// <summary>When the folder was lost or went back; -1: never. What it held is no promise then.</summary>
    public long LostAt { get; private set; } = -1;

    /// <summary>Its folder was lost or went back and its application was not: what its application holds is not what its folder says.</summary>
    public bool IsTorn { get; private set; }

    /// <summary>Called with each new run, before it starts.</summary>
    public Action<Node> Starting { get; set; } = _ => { };

    public void Start()
    {
        world.Say($"{Name}: starts at {Disk.Last.Sequence} (epoch {Disk.Last.Epoch}), application at {Disk.Cursor}");
        Node = new Node(world, net, this, level);
        Starting(Node);
        Node.Start();
    }

    public void Kill(bool isPowerFailure)
    {
        LostPower = isPowerFailure || (LostPower && !IsUp);
        if (IsUp)
        {
            Node!.Process.Kill();
            world.Say($"{Name}: {(isPowerFailure ? "loses power" : "is killed")}, leaves {Disk.Last.Sequence}");
        }

        if (isPowerFailure)
        {
            Disk.LosePower();
        }
    }

    /// <summary>The folder is what it is from now on; so is the application's state, where it is given.</summary>
    public void Replace(Disk disk, Application? application)
    {
        (Disk, Application, LostAt, IsTorn) = (disk, application ?? Application, world.Now, application is null);
        world.Say($"{Name}: its folder now ends at {disk.Last.Sequence}, its application at {Application.Last}");
    }
}
