using System.Diagnostics;

namespace TeeChain.EndToEnd.Harness;

/// <summary>
/// Hosts as network namespaces, joined by a bridge in a namespace of its own; this machine is on it too, so that tests reach them.
/// Nothing of it is left behind, whatever happens to the tests: what a killed run left is swept by the next.
/// </summary>
internal sealed class Network : IDisposable
{
    private const string Prefix = "teechain-test-";

    private readonly string _prefix = $"{Prefix}{Environment.ProcessId}-";
    private readonly string _ownLink = $"tct{Environment.ProcessId}";
    private readonly int _subnet = 1 + (Environment.ProcessId % 254);

    private Network() => AppDomain.CurrentDomain.ProcessExit += EndWithUs;

    /// <summary>This machine, as the hosts reach it.</summary>
    public Machine Here => new(AddressOf(1), null);

    public IReadOnlyList<Machine> Hosts { get; private set; } = [];

    /// <summary>Whether this user may make namespaces.</summary>
    public static bool IsAllowed()
    {
        var name = $"{Prefix}{Environment.ProcessId}-asked";
        var isMade = Run($"netns add {name}") is null;
        if (isMade)
        {
            Run($"netns del {name}");
        }

        return isMade;
    }

    /// <summary>Skips the test, with the reason, where this user may not make namespaces.</summary>
    public static Network Create(int hosts)
    {
        Sweep();
        var network = new Network();
        try
        {
            if (Run($"netns add {network._prefix}switch") is { } refusal)
            {
                network.Dispose();
                Assert.Skip($"Network namespaces are not allowed here: {refusal}");
            }

            network.Join(hosts);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= EndWithUs;
        Delete(_prefix);
    }

    private string AddressOf(int host) => $"10.213.{_subnet}.{host}";

    private void Join(int hosts)
    {
        var hub = $"{_prefix}switch";
        Must($"-n {hub} link add hub type bridge");
        Must($"-n {hub} link set hub up");
        Must($"link add {_ownLink} type veth peer name own netns {hub}");
        Must($"-n {hub} link set own master hub up");
        Must($"addr add {AddressOf(1)}/24 dev {_ownLink}");
        Must($"link set {_ownLink} up");
        Hosts = [.. Enumerable.Range(2, hosts).Select(number => Host(hub, number))];
    }

    private Machine Host(string hub, int number)
    {
        var name = $"{_prefix}{number}";
        Must($"netns add {name}");
        Must($"-n {name} link add eth0 type veth peer name port{number} netns {hub}");
        Must($"-n {hub} link set port{number} master hub up");
        Must($"-n {name} addr add {AddressOf(number)}/24 dev eth0");
        Must($"-n {name} link set eth0 up");
        Must($"-n {name} link set lo up");
        return new Machine(AddressOf(number), name);
    }

    // A link goes with the namespace that holds its other end.
    private static void Delete(string prefix)
    {
        foreach (var name in Namespaces().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            Run($"netns del {name}");
        }
    }

    private static void Sweep()
    {
        foreach (var name in Namespaces().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var process = name[Prefix.Length..].Split('-')[0];
            if (!Directory.Exists($"/proc/{process}"))
            {
                Delete($"{Prefix}{process}-");
            }
        }
    }

    private static string[] Namespaces() =>
        Directory.Exists("/run/netns") ? [.. Directory.GetFiles("/run/netns").Select(file => Path.GetFileName(file))] : [];

    private static void Must(string arguments)
    {
        if (Run(arguments) is { } refusal)
        {
            throw new InvalidOperationException($"ip {arguments}: {refusal}");
        }
    }

    /// <returns>Why it did not work; null when it did.</returns>
    private static string? Run(string arguments)
    {
        try
        {
            using var ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
            var said = ip.StandardError.ReadToEnd();
            ip.WaitForExit();
            return ip.ExitCode == 0 ? null : said.Trim();
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return missing.Message;
        }
    }

    private void EndWithUs(object? sender, EventArgs e) => Delete(_prefix);
}
