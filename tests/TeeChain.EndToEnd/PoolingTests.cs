using System.Collections.Concurrent;
using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>
/// Buffers, connections and objects are used again, by one request after the other: what one leaves behind must not show
/// in the next. Every byte of many different requests is checked at every application, and every answer at the client.
/// </summary>
public sealed class PoolingTests : IAsyncDisposable
{
    private const int Seed = 20_260_401;
    private const int Connections = 64;

    private const string ByUser = $"--order key --key header:{Parcel.UserName} --lanes 32";

    private readonly Workshop _workshop = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _workshop.DisposeAsync();

    /// <summary>Total order too where there is time: lanes are where many are under way at once.</summary>
    public static TheoryData<string> Orders => Repository.IsAll ? [ByUser, "--order total"] : [ByUser];

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Pooling_never_leaks_one_requests_bytes_into_another(string flags)
    {
        var order = flags.Split(' ');
        var parcels = Enumerable.Range(0, Repository.IsAll ? 10_000 : 800).Select(number => Parcel.Draw(Seed, number)).ToArray();
        var (applications, nodes) = await ChainAsync(parcels, order);
        var wrong = new ConcurrentQueue<string>();
        using var client = new HttpClient(Loopback.Handler(Connections));

        await Parallel.ForAsync(0, parcels.Length, new ParallelOptions { MaxDegreeOfParallelism = Connections, CancellationToken = Cancellation }, async (number, _) =>
        {
            if (await WrongAsync(client, nodes[0].Address, parcels[number]) is { } why)
            {
                wrong.Enqueue($"Parcel {number}: {why}");
            }
        });

        await Agreement.SettledAsync(nodes, Cancellation);
        Assert.Multiple([() => AssertNone(wrong, "answers are not as they should be"), .. applications.Select(application => (Action)(() => AssertAsSent(application, parcels.Length)))]);
    }

    private async Task<(ParcelApplication[] Applications, TeeProxyNode[] Nodes)> ChainAsync(Parcel[] parcels, string[] order)
    {
        var (applications, nodes) = (new ParcelApplication[3], new TeeProxyNode[3]);
        // From the tail, so that each finds its successor listening.
        for (var i = nodes.Length - 1; i >= 0; i--)
        {
            var port = _workshop.Ports.Next();
            applications[i] = _workshop.Keep(await ParcelApplication.StartAsync($"application {i + 1}", port, parcels, Cancellation));
            nodes[i] = _workshop.Node(port, next: i + 1 < nodes.Length ? nodes[i + 1].Flags.Listen : null);
            nodes[i].Flags = nodes[i].Flags with { Others = order };
            nodes[i].Start();
        }

        await nodes[0].ReadyAsync("write", Cancellation);
        return (applications, nodes);
    }

    private static void AssertAsSent(ParcelApplication application, int parcels)
    {
        AssertNone(application.Differences, $"requests are not as they were sent at {application.Name}");
        Assert.All(Enumerable.Range(0, parcels), number => Assert.Equal(1, application.Arrived.GetValueOrDefault(number)));
    }

    private static void AssertNone(ConcurrentQueue<string> differences, string what) =>
        Assert.True(differences.IsEmpty, $"{differences.Count} {what}, such as: {string.Join('\n', differences.Take(3))}");

    /// <returns>Null when the answer is the one to this parcel.</returns>
    private static async Task<string?> WrongAsync(HttpClient client, Uri address, Parcel parcel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/parcels")) { Content = new ParcelContent(parcel) };
        request.Headers.TransferEncodingChunked = parcel.ChunkBytes > 0;
        foreach (var (name, value) in parcel.Headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        using var answer = await client.SendAsync(request, Cancellation);
        var body = await answer.Content.ReadAsByteArrayAsync(Cancellation);
        var headers = answer.Headers.NonValidated.SelectMany(static header => header.Value.Select(value => new KeyValuePair<string, string>(header.Key, value)));
        return answer.IsSuccessStatusCode ? parcel.DifferenceOfAnswer(headers, body) : $"{(int)answer.StatusCode}: {System.Text.Encoding.UTF8.GetString(body)}";
    }
}
