namespace TeeChain.EndToEnd.Harness;

/// <summary>The clients of a fleet: 100 GET/s and 20 POST/s, and 1,000 and 100 where there is time.</summary>
internal static class Clients
{
    public static Load Readers(Uri address) => new(address, connections: Repository.IsAll ? 40 : 4) { Pause = TimeSpan.FromMilliseconds(40) };

    public static Load Writers(Uri address) => new(address, connections: Repository.IsAll ? 10 : 2) { Pause = TimeSpan.FromMilliseconds(100) };
}
