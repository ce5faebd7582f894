using System.Globalization;
using System.Text;

namespace TeeChain.Fleet.Processes;

/// <summary>
/// Processes of an earlier run that was killed: found by the mark in their environment, which no other process has, also where
/// a number was given anew or a child started children. Needs /proc; without it none are found.
/// </summary>
internal static class Leftovers
{
    /// <summary>In the environment of every process that a <see cref="Launcher"/> starts.</summary>
    public const string Variable = "TEECHAIN_UP";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static IReadOnlyList<int> Find(string mark)
    {
        if (!Directory.Exists("/proc/self"))
        {
            return [];
        }

        var wanted = Encoding.UTF8.GetBytes($"{Variable}={mark}");
        return
        [
            .. Directory.EnumerateDirectories("/proc")
                .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
                .Where(pid => pid > 0 && pid != Environment.ProcessId && Bears(pid, wanted)),
        ];
    }

    /// <summary>SIGTERM to all of them, SIGKILL to those that are there after <paramref name="patience"/>. How many there were.</summary>
    /// <exception cref="IOException">One cannot be ended.</exception>
    public static async Task<int> EndAsync(string mark, TimeSpan patience, TimeProvider time, CancellationToken cancellation)
    {
        var found = Find(mark);
        if (!await EndAsync(mark, Signals.Terminate, patience, time, cancellation) && !await EndAsync(mark, Signals.Kill, patience, time, cancellation))
        {
            throw new IOException($"Processes of an earlier run of this fleet cannot be ended: {string.Join(", ", Find(mark))}. End them, or wait until they have.");
        }

        return found.Count;
    }

    private static async Task<bool> EndAsync(string mark, int signal, TimeSpan patience, TimeProvider time, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        var told = new HashSet<int>();
        while (Find(mark) is { Count: > 0 } there)
        {
            foreach (var pid in there.Where(told.Add))
            {
                Signals.Send(pid, signal);
            }

            if (time.GetElapsedTime(began) > patience)
            {
                return false;
            }

            await Task.Delay(Pause, time, cancellation);
        }

        return true;
    }

    private static bool Bears(int pid, byte[] wanted)
    {
        try
        {
            // A zombie's is empty; of another user's process it cannot be read, and is not ours.
            var environment = File.ReadAllBytes($"/proc/{pid}/environ").AsSpan();
            foreach (var range in environment.Split((byte)0))
            {
                if (environment[range].SequenceEqual(wanted))
                {
                    return true;
                }
            }

            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
