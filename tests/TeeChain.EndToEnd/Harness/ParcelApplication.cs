using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using TeeChain.Protocol;

namespace TeeChain.EndToEnd.Harness;

/// <summary>
/// An application of the test's own: compares each parcel that arrives with the one that was sent under its number, and
/// answers with what only that parcel yields.
/// </summary>
internal sealed class ParcelApplication : IAsyncDisposable
{
    private readonly IReadOnlyList<Parcel> _parcels;
    private readonly WebApplication _server;
    private readonly ConcurrentDictionary<int, int> _arrived = new();

    private ParcelApplication(string name, int port, IReadOnlyList<Parcel> parcels)
    {
        (Name, _parcels) = (name, parcels);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}");
        _server = builder.Build();
        _server.Run(TakeAsync);
    }

    public string Name { get; }

    /// <summary>How often each parcel arrived, by number; marked repeats are not counted.</summary>
    public IReadOnlyDictionary<int, int> Arrived => _arrived;

    /// <summary>What was not as it was sent.</summary>
    public ConcurrentQueue<string> Differences { get; } = new();

    public static async Task<ParcelApplication> StartAsync(string name, int port, IReadOnlyList<Parcel> parcels, CancellationToken cancellation)
    {
        var application = new ParcelApplication(name, port, parcels);
        await application._server.StartAsync(cancellation);
        return application;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        var request = context.Request;
        using var read = new MemoryStream();
        await request.Body.CopyToAsync(read);
        var body = read.ToArray();
        var headers = request.Headers.SelectMany(static header => header.Value.Select(value => new KeyValuePair<string, string>(header.Key, value ?? ""))).ToArray();

        if (!int.TryParse(request.Headers[Parcel.NumberName], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number >= _parcels.Count)
        {
            Differences.Enqueue($"There is no parcel '{request.Headers[Parcel.NumberName]}'.");
        }
        else
        {
            if (!request.Headers.ContainsKey(HeaderNames.Redelivery))
            {
                _arrived.AddOrUpdate(number, 1, static (_, times) => times + 1);
            }

            if (_parcels[number].Difference(headers, body) is { } difference)
            {
                Differences.Enqueue($"Parcel {number}: {difference}");
            }
        }

        await AnswerAsync(context.Response, headers, body);
    }

    private static async Task AnswerAsync(HttpResponse response, KeyValuePair<string, string>[] headers, byte[] body)
    {
        var answer = Parcel.AnswerTo(headers, body);
        foreach (var (name, value) in Parcel.Own(headers))
        {
            response.Headers.Append(name, value);
        }

        // Without a stated length the answer is chunked.
        response.ContentLength = answer.Length % 2 == 0 ? answer.Length : null;
        await response.Body.WriteAsync(answer);
    }
}
