using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Compare.Processes;

namespace Compare.Applications;

/// <summary>The counting applications, a process each. They serve all systems one after the other and stay warm.</summary>
internal sealed class ApplicationSet : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly List<Child> _children = [];
    private readonly List<IPEndPoint> _addresses = [];

    public IReadOnlyList<IPEndPoint> Addresses => _addresses;

    public static async Task<ApplicationSet> StartAsync(int count, FreePorts ports, string folder)
    {
        var set = new ApplicationSet();
        for (var i = 1; i <= count; i++)
        {
            var address = new IPEndPoint(IPAddress.Loopback, ports.Next());
            var child = Child.Start($"application{i}", folder, Environment.ProcessPath!, "application", "--port", $"{address.Port}");
            set._children.Add(child);
            set._addresses.Add(address);
            await child.UntilAsync("it answers", () => Web.IsGoodAsync(set._http, $"http://{address}/"));
        }

        return set;
    }

    /// <summary>Forgets all writes.</summary>
    public async Task ResetAsync()
    {
        foreach (var address in _addresses)
        {
            using var answer = await _http.PostAsync($"http://{address}/reset", new ByteArrayContent([]));
            answer.EnsureSuccessStatusCode();
        }
    }

    /// <summary>The ids that one has, in its order.</summary>
    public async Task<int[]> LogAsync(int index) => MemoryMarshal.Cast<byte, int>(await _http.GetByteArrayAsync($"http://{_addresses[index]}/log")).ToArray();

    /// <summary>How many writes each of the first so many has.</summary>
    public async Task<int[]> CountsAsync(int nodes) =>
        [.. (await Task.WhenAll(_addresses.Take(nodes).Select(address => _http.GetStringAsync($"http://{address}/count")))).Select(text => int.Parse(text, CultureInfo.InvariantCulture))];

    public async ValueTask DisposeAsync()
    {
        foreach (var child in _children)
        {
            await child.DisposeAsync();
        }

        _http.Dispose();
    }
}
