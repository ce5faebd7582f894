namespace TeeChain.Fleet.Processes;

/// <summary>What a supervised process does.</summary>
/// <param name="Pid">0 while it does not run.</param>
/// <param name="Restarts">How often it was started again.</param>
internal sealed record ChildState(int Pid, int Restarts);

/// <summary>
/// A process that is started again whenever it ends, with back-off, until it is stopped. What happens to it is told, one line
/// an event.
/// </summary>
internal sealed class SupervisedChild
{
    private const string Killed = "had to be killed";

    private readonly Func<CancellationToken, Task<ChildPlan>> _prepare;
    private readonly Launcher _launcher;
    private readonly Action<string> _tell;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource<CancellationToken> _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task<bool> _life;
    private volatile ChildState _state = new(0, 0); // written by the life alone

    private SupervisedChild(string name, Func<CancellationToken, Task<ChildPlan>> prepare, Launcher launcher, Action<string> tell, TimeProvider time)
    {
        (Name, _prepare, _launcher, _tell, _time) = (name, prepare, launcher, tell, time);
        _life = Task.Run(LiveAsync);
    }

    public string Name { get; }

    public ChildState State => _state;

    /// <summary>Ends only with a fault that is ours, or once stopped.</summary>
    public Task Ended => _life;

    public static SupervisedChild Start(ChildPlan plan, Launcher launcher, Action<string> tell, TimeProvider time) =>
        new(plan.Name, _ => Task.FromResult(plan), launcher, tell, time);

    /// <param name="prepare">Called before each start; an <see cref="IOException"/> counts as a start that failed.</param>
    public static SupervisedChild Start(string name, Func<CancellationToken, Task<ChildPlan>> prepare, Launcher launcher, Action<string> tell, TimeProvider time) =>
        new(name, prepare, launcher, tell, time);

    /// <summary>Its plan's farewell, and SIGKILL once <paramref name="patience"/> is over. Whether it ended by itself.</summary>
    public Task<bool> StopAsync(CancellationToken patience)
    {
        _stopping.TrySetResult(patience);
        return _life;
    }

    private async Task<bool> LiveAsync()
    {
        for (var deaths = 0; ;)
        {
            var began = _time.GetTimestamp();
            var why = await LiveOnceAsync();
            if (_stopping.Task.IsCompleted)
            {
                return why != Killed;
            }

            deaths = BackOffRule.Deaths(deaths, _time.GetElapsedTime(began));
            var delay = BackOffRule.Delay(deaths, Random.Shared.NextDouble());
            _tell($"{Name} {why}; started again in {delay.TotalSeconds:0.0} s.");
            await Task.WhenAny(Task.Delay(delay, _time), _stopping.Task);
            if (_stopping.Task.IsCompleted)
            {
                return true;
            }

            _state = new ChildState(0, _state.Restarts + 1);
        }
    }

    /// <summary>One run. Why it ended; null when it was told to and did.</summary>
    private async Task<string?> LiveOnceAsync()
    {
        Child child;
        ChildPlan plan;
        try
        {
            plan = await _prepare(CancellationToken.None);
            child = await _launcher.StartAsync(plan);
        }
        catch (IOException e)
        {
            return $"cannot be started ({e.Message})";
        }

        _state = _state with { Pid = child.Pid };
        await Task.WhenAny(child.WaitExitAsync(), _stopping.Task);
        if (_stopping.Task.IsCompleted)
        {
            var isOrderly = await child.StopAsync(plan.Farewell, await _stopping.Task);
            _state = _state with { Pid = 0 };
            return isOrderly ? null : Killed;
        }

        _state = _state with { Pid = 0 };
        child.Sweep();
        var how = child.ExitCode > 128 ? $"was ended by signal {child.ExitCode - 128}" : $"exited with {child.ExitCode}";
        return $"{how} ({LogFile.LastWords(plan.Log)})";
    }
}
