namespace TeeProxy.Chain;

/// <summary>A value that one writer at a time publishes and anybody may read or wait on. Thread-safe.</summary>
internal sealed class Following<T>(T first)
    where T : class
{
    private volatile State _state = new(first);

    private sealed record State(T Value)
    {
        public TaskCompletionSource Replaced { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public T Current => _state.Value;

    public void Publish(T value) => Interlocked.Exchange(ref _state!, new State(value)).Replaced.TrySetResult();

    /// <summary>Completes with the first value, from now on, for which <paramref name="condition"/> holds.</summary>
    public async Task<T> WaitAsync(Func<T, bool> condition, CancellationToken cancellation)
    {
        while (true)
        {
            var state = _state;
            if (condition(state.Value))
            {
                return state.Value;
            }

            await state.Replaced.Task.WaitAsync(cancellation);
        }
    }
}
