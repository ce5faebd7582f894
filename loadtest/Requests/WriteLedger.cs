using System.Collections.Concurrent;
using System.Text.Json;

namespace LoadTest.Requests;

/// <summary>What clients were told of their writes, over the whole run. Thread-safe.</summary>
internal sealed class WriteLedger
{
    private readonly ConcurrentQueue<AcceptedWrite> _acknowledged = new();
    private int _unnamed;
    private int _unknown;

    /// <summary>Those that every node must hold once.</summary>
    public IReadOnlyCollection<AcceptedWrite> Acknowledged => _acknowledged;

    /// <summary>Acknowledged by an answer that names no version: not the sample application's.</summary>
    public int Unnamed => Volatile.Read(ref _unnamed);

    /// <summary>Those that may have been applied although nobody said so.</summary>
    public int Unknown => Volatile.Read(ref _unknown);

    public void Note(string user, WriteKind kind, Answer answer)
    {
        if (answer.IsSuccess && VersionIn(answer.Body) is { } version)
        {
            _acknowledged.Enqueue(new AcceptedWrite(user, kind, version));
        }
        else if (answer.IsSuccess)
        {
            Interlocked.Increment(ref _unnamed);
        }
        else if (answer.Status is not (>= 400 and < 500))
        {
            Interlocked.Increment(ref _unknown);
        }
    }

    /// <returns>The member <c>version</c> of a JSON object; null where there is none.</returns>
    private static long? VersionIn(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("version", out var version)
                && version.ValueKind == JsonValueKind.Number && version.TryGetInt64(out var number) ? number : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
