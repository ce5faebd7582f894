using System.Globalization;

namespace Compare.Processes;

/// <summary>What a process and its children used, by /proc.</summary>
/// <param name="Cpu">User and system time of all threads since the start, in steps of 10 ms.</param>
/// <param name="PeakBytes">The most memory that it had resident at a time; with children, that of the largest.</param>
internal sealed record ProcessFigures(TimeSpan Cpu, long PeakBytes)
{
    // USER_HZ, which is 100 on every Linux that .NET runs on.
    private const int TicksPerSecond = 100;

    public static ProcessFigures Of(int process)
    {
        var own = new ProcessFigures(CpuOf(process), PeakOf(process));
        return File.ReadAllText($"/proc/{process}/task/{process}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(child => Of(int.Parse(child, CultureInfo.InvariantCulture)))
            .Aggregate(own, (sum, child) => new ProcessFigures(sum.Cpu + child.Cpu, Math.Max(sum.PeakBytes, child.PeakBytes)));
    }

    // The name, second and in parentheses, may hold anything: count from behind it. utime and stime are fields 14 and 15.
    private static TimeSpan CpuOf(int process)
    {
        var line = File.ReadAllText($"/proc/{process}/stat");
        var fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds((double)(long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond);
    }

    private static long PeakOf(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
