using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd.Fleets;

/// <summary>What a client counts of its requests, to be compared with <c>/worker/stats</c>. Thread-safe.</summary>
internal sealed partial class Tally
{
    private const string Total = "total";

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, long> _successes = new(StringComparer.Ordinal) { [Total] = 0 };
    private long _failures;

    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Reads a page that names its worker, and counts it.</summary>
    /// <returns>The page; null for an answer of 500 and above.</returns>
    public async Task<string?> GetAsync(Uri page, CancellationToken cancellation)
    {
        using var answer = await Loopback.Control.GetAsync(page, cancellation);
        if ((int)answer.StatusCode >= 500)
        {
            Interlocked.Increment(ref _failures);
            return null;
        }

        var body = await answer.Content.ReadAsStringAsync(cancellation);
        Count(Worker().Match(body).Groups[1].Value, 1);
        return body;
    }

    public void Count(string worker, long successes)
    {
        lock (_lock)
        {
            _successes[worker] = _successes.GetValueOrDefault(worker) + successes;
            _successes[Total] += successes;
        }
    }

    /// <summary>Waits until the statistics say the same. A failure does not tell whose it was.</summary>
    public Task AgreesAsync(Uri registry, CancellationToken cancellation) => Eventually.NothingWrongAsync(
        async () =>
        {
            using var stats = (await Loopback.Control.GetFromJsonAsync<JsonDocument>(new Uri(registry, "/worker/stats"), cancellation))!;
            var (successes, failures, totals) = (Read(stats, "SuccessfulRequests"), Read(stats, "FailedRequests"), Read(stats, "TotalRequests"));
            return _successes.All(one => successes.GetValueOrDefault(one.Key) == one.Value)
                && failures[Total] == Failures && failures.Sum(one => one.Value) <= 2 * Failures
                && totals.All(one => one.Value == successes[one.Key] + failures[one.Key])
                ? null
                : $"They are {stats.RootElement}; counted were {string.Join(", ", _successes)} and {Failures} failures.";
        },
        "the statistics are what the client counted", cancellation);

    private static Dictionary<string, double> Read(JsonDocument stats, string name) =>
        stats.RootElement.GetProperty(name).EnumerateArray().Select(row => row.EnumerateObject().Single()).ToDictionary(cell => cell.Name, cell => cell.Value.GetDouble());

    [GeneratedRegex("from ([A-Za-z0-9._-]+)")]
    private static partial Regex Worker();
}
