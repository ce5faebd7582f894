using System.Net;
using Compare.Applications;
using Compare.Processes;

namespace Compare.Systems;

/// <summary>What every system is given: applications, ports, a folder on the disk under test, and where programs are.</summary>
/// <param name="Applications">As many as the largest system needs; each takes the first ones.</param>
internal sealed record Arena(ApplicationSet Applications, FreePorts Ports, string Folder, string TeeProxy, string TeeChain)
{
    public HttpClient Http { get; } = new();

    public IReadOnlyList<IPEndPoint> Nodes(int count) => [.. Applications.Addresses.Take(count)];

    public IPEndPoint FreeAddress() => new(IPAddress.Loopback, Ports.Next());

    /// <summary>An empty folder.</summary>
    public string Fresh(string name)
    {
        var folder = Path.Combine(Folder, name);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        return Directory.CreateDirectory(folder).FullName;
    }
}
