using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace TeeProxy.Delivery;

/// <summary>
/// How delivery keeps at it: repeats for ever, capped and jittered, behind a breaker that lets a dead application be.
/// The order of the writes does not suffer: the next one in its lane waits. Thread-safe; all lanes share the breaker.
/// </summary>
internal static class DeliveryRetry
{
    /// <summary>An application that came back waits no longer than this for its next write.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);

    /// <summary>Whether an attempt that ended so is followed by another.</summary>
    public static bool IsRepeated(DeliveryResult result) => result is DeliveryResult.Unsent or DeliveryResult.Lost or DeliveryResult.Unwelcome;

    public static ResiliencePipeline<DeliveryResult> Build(TimeProvider time) =>
        new ResiliencePipelineBuilder<DeliveryResult> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<DeliveryResult>
            {
                ShouldHandle = static attempt => ValueTask.FromResult(attempt.Outcome switch
                {
                    { Exception: BrokenCircuitException } => true,
                    { Result: { } result } => IsRepeated(result),
                    _ => false,
                }),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromMilliseconds(50),
                MaxDelay = LongestDelay,
                UseJitter = true,
            })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<DeliveryResult>
            {
                ShouldHandle = static attempt => ValueTask.FromResult(attempt.Outcome.Result is DeliveryResult.Unsent),
                FailureRatio = 1,
                MinimumThroughput = 5,
                SamplingDuration = TimeSpan.FromSeconds(10),
                BreakDuration = TimeSpan.FromMilliseconds(500),
            })
            .Build();
}
