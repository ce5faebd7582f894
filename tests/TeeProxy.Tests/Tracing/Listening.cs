using System.Collections.Concurrent;
using System.Diagnostics;
using TeeProxy.Tracing;

namespace TeeProxy.Tests.Tracing;

/// <summary>Tests for which spans are made. They run alone: who listens, listens to all of this process.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Listening
{
    public const string Name = "spans are wanted";
}

/// <summary>Takes all spans, in the order in which they end.</summary>
internal sealed class Listener : IDisposable
{
    private readonly ActivityListener _listener;

    public Listener()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Spans.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public ConcurrentQueue<Activity> Ended { get; } = [];

    /// <summary>The one that is so, once it has ended: a client may have its answer before.</summary>
    public async Task<Activity> EndedAsync(Func<Activity, bool> isIt)
    {
        await Eventually.TrueAsync(() => Ended.Any(isIt), "the span has ended");
        return Ended.Single(isIt);
    }

    public void Dispose() => _listener.Dispose();
}
