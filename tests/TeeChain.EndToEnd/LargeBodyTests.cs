using System.Net.Http.Headers;
using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>Large bodies reach every application, and no node holds them in memory.</summary>
[Trait(Repository.When, Repository.OnlyInAll)]
public sealed class LargeBodyTests
{
    private const int MostMemoryKilobytes = 150 << 10;

    // Time is not what this is about, and machines are slow.
    private static readonly FleetPlan Plan = new()
    {
        Adjust = (_, flags) => flags with { AppTimeout = TimeSpan.FromSeconds(60), AckTimeout = TimeSpan.FromSeconds(90), Retain = TimeSpan.Zero },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Thirty_megabytes_go_through_the_whole_chain()
    {
        await using var fleet = await Fleet.StartAsync(Plan, Cancellation);
        using var client = Client(connections: 1);

        foreach (var isChunked in (bool[])[false, true])
        {
            var status = await RegisterAsync(client, fleet.Address, $"large-{isChunked}", 30_000_000, isChunked);
            Assert.Equal(System.Net.HttpStatusCode.Created, status);
        }

        await AssertArrivedAsync(fleet, writes: 2);
    }

    [Fact]
    public async Task Many_connections_with_a_megabyte_each_do_not_fill_the_memory()
    {
        const int Connections = 64;
        const int Writes = 512;
        await using var fleet = await Fleet.StartAsync(Plan, Cancellation);
        using var client = Client(Connections);

        await Parallel.ForAsync(0, Writes, new ParallelOptions { MaxDegreeOfParallelism = Connections, CancellationToken = Cancellation }, async (number, _) =>
            Assert.Equal(System.Net.HttpStatusCode.Created, await RegisterAsync(client, fleet.Address, $"megabyte-{number}", 1_000_000, isChunked: number % 2 == 0)));

        await AssertArrivedAsync(fleet, Writes);
    }

    private static HttpClient Client(int connections) => new(Loopback.Handler(connections)) { Timeout = TimeSpan.FromMinutes(2) };

    private static async Task<System.Net.HttpStatusCode> RegisterAsync(HttpClient client, Uri address, string user, int bytes, bool isChunked)
    {
        var form = $"user={user}&password=";
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/register"))
        {
            Content = new StringContent(form + new string((char)('a' + (user.Length % 26)), bytes - form.Length)),
            Headers = { TransferEncodingChunked = isChunked },
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        using var answer = await client.SendAsync(request, Cancellation);
        return answer.StatusCode;
    }

    private static async Task AssertArrivedAsync(Fleet fleet, int writes)
    {
        Assert.All(fleet.Nodes, node => Assert.False(node.Process.HasExited, node.Description));
        await Agreement.SettledAsync(fleet.Nodes, Cancellation);
        var states = await Task.WhenAll(fleet.Apps.Select(app => app.StateAsync(Cancellation)));
        Assert.All(states, state => Assert.Equal((writes, states[0].Digest), (state.Users, state.Digest)));
        Assert.All(fleet.Nodes, node => node.Process.AssertMemoryBelow(MostMemoryKilobytes));
    }
}
