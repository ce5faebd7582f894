using System.Text.RegularExpressions;
using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd.Fleets;

/// <summary>A fleet's file whose ports are moved into a block of free ones; all else is as it was.</summary>
internal sealed class MovedFile
{
    private const int MostBalancers = 2;
    private const int MostWorkers = 6;

    private readonly Dictionary<string, int> _ports = [];

    /// <param name="first">Of <see cref="Ports.PerBlock"/>.</param>
    public MovedFile(string text, int first)
    {
        Text = text.TrimEnd() + "\n";
        foreach (var (key, count) in ((string, int)[])
            [("balancer-port", MostBalancers), ("worker-port", MostWorkers), ("tee-port", MostWorkers), ("admin-port", MostWorkers), ("registry-port", 1), ("stats-port", MostBalancers)])
        {
            _ports[key] = first;
            first += count;
            Move(key);
        }
    }

    public string Text { get; private set; }

    /// <summary>The first port of a key.</summary>
    public int this[string key] => _ports[key];

    private void Move(string key)
    {
        var line = new Regex($"^(?<key>(load-)?{key}): *[0-9]+", RegexOptions.Multiline | RegexOptions.ExplicitCapture);
        Text = line.IsMatch(Text) ? line.Replace(Text, match => $"{match.Groups["key"].Value}: {_ports[key]}") : $"{Text}{key}: {_ports[key]}\n";
    }
}
