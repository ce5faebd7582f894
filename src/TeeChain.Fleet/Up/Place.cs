using TeeChain.Fleet.Config;
using TeeChain.Fleet.Registry;

namespace TeeChain.Fleet.Up;

/// <summary>A worker's place on this machine: which number, and so which ports, and under which name, and so in which folder.</summary>
/// <param name="Number">From 1.</param>
internal sealed record Place(int Number, string Name)
{
    public static string NameOf(FleetFile file, int number) => number <= file.Names.Count ? file.Names[number - 1] : $"node{number}";

    public int AppPort(FleetFile file) => file.WorkerPort + Number - 1;

    public int TeePort(FleetFile file) => file.TeePort + Number - 1;

    public int AdminPort(FleetFile file) => FilePorts.AdminPort(file) + Number - 1;

    public Worker Worker(FleetFile file) => new(
        Name, $"127.0.0.1:{AppPort(file)}", $"127.0.0.1:{TeePort(file)}", $"127.0.0.1:{AdminPort(file)}", WorkerState.Present);
}
