namespace SampleApp.Web;

/// <summary>
/// What <c>--test-controls</c> does to writes: fail them, let them hang, or answer them with another status or body.
/// Set by <see cref="TestEndpoints"/>, asked by <see cref="WriteEndpoints"/>. Thread-safe.
/// </summary>
internal sealed class Interference(TimeProvider time)
{
    private readonly Lock _lock = new();

    // Each replaced as a whole, under _lock where two belong together.
    private volatile TestControl _failWrites = TestControl.Off;
    private volatile TestControl _hang = TestControl.Off;
    private volatile TestControl _mutateAnswers = TestControl.Off;
    private volatile TestControl _mutateBodies = TestControl.Off;
    private TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _failed;

    public ControlsBody Controls => new(_failWrites, _hang, _mutateAnswers, _mutateBodies, Interlocked.Read(ref _failed));

    public void FailWrites(TestControl control) => _failWrites = control;

    public void MutateAnswers(TestControl control) => _mutateAnswers = control;

    public void MutateBodies(TestControl control) => _mutateBodies = control;

    /// <summary>Whoever hangs now is let go at once.</summary>
    public void Hang(TestControl control)
    {
        lock (_lock)
        {
            _hang = control;
            _released.TrySetResult();
            _released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>The status to fail with, or 0. Counts the failures.</summary>
    public int FailureFor(string user)
    {
        var control = _failWrites;
        if (!control.Concerns(user))
        {
            return 0;
        }

        Interlocked.Increment(ref _failed);
        return control.Value;
    }

    public int StatusFor(string user, int status) => _mutateAnswers is var control && control.Concerns(user) ? control.Value : status;

    /// <summary>What the answer's body has beside what it always has; null for nothing.</summary>
    public int? TokenFor(string user) => _mutateBodies is var control && control.Concerns(user) ? control.Value : null;

    /// <summary>
    /// Ends when the time is over, the hang is replaced, or the server stops (then it throws). A client that goes away
    /// changes nothing: an application that hangs does not notice it, and applies the write in the end.
    /// </summary>
    public async Task HangAsync(string user, string at, CancellationToken stopping)
    {
        TestControl control;
        Task released;
        lock (_lock)
        {
            control = _hang;
            released = _released.Task;
        }

        if (control.Concerns(user) && control.At == at)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(control.Value), time, over.Token), released);
            await over.CancelAsync();
            stopping.ThrowIfCancellationRequested();
        }
    }
}
