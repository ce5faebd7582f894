using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Compare.Options;

namespace Compare.Reports;

/// <summary>On what, with what and how it was measured: a figure without these is none.</summary>
internal static class Conditions
{
    public static string Of(RunFlags flags)
    {
        var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor";
        var system = File.ReadLines("/etc/os-release").FirstOrDefault(line => line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal))?[12..].Trim('"') ?? "Linux";
        return string.Create(CultureInfo.InvariantCulture, $"""
            {DateTime.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} × {processor}, {system}, kernel {Environment.OSVersion.Version}, {RuntimeInformation.FrameworkDescription}, nginx {Version("nginx", "-v")}, HAProxy {Version("haproxy", "-v")}.
            {flags.Rounds} rounds of all in turn, each warmed up for {flags.WarmUp} s and measured for {flags.Duration} s. Load, proxies and applications share the cores. Medians, least and most of the rounds.
            """);
    }

    private static string Version(string program, string flag)
    {
        using var process = Process.Start(new ProcessStartInfo(program, [flag]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var text = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        return text.Split(' ', '/', '\n').FirstOrDefault(word => word.Length > 0 && char.IsDigit(word[0])) ?? "?";
    }
}
