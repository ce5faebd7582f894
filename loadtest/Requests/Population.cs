using System.Text;

namespace LoadTest.Requests;

/// <summary>
/// The users of a run, named after its seed: those that are there from the beginning, whom logins and changes of passwords are about,
/// and new ones. Thread-safe.
/// </summary>
internal sealed class Population(long seed, int users)
{
    private readonly string[] _users = [.. Enumerable.Range(0, users).Select(i => $"{PrefixOf(seed)}{i}")];
    private long _drawn;
    private long _new;

    public IReadOnlyList<string> Users => _users;

    /// <summary>What all names begin with: how the checks tell this run's writes from others.</summary>
    public string Prefix => PrefixOf(seed);

    public string Any() => _users[AnyIndex()];

    public int AnyIndex() => Draw.Below(_users.Length, seed, Interlocked.Increment(ref _drawn));

    /// <summary>Numbered from 1: s7-new1, s7-new2, …</summary>
    public string New() => $"{Prefix}new{Interlocked.Increment(ref _new)}";

    public static byte[] Form(string user, string password) => Encoding.ASCII.GetBytes($"user={user}&password={password}");

    private static string PrefixOf(long seed) => $"s{seed}-";
}
