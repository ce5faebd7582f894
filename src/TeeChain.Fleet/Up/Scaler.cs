using System.Threading.Channels;
using TeeChain.Fleet.Config;
using TeeChain.Fleet.Registry;

namespace TeeChain.Fleet.Up;

/// <summary>
/// Has as many workers as are wanted, one step after another: a newcomer joins at the chain's tail and gets reads once it has
/// caught up; who leaves is the tail. Each step is written down before it is begun, so that a restart goes on with it. What
/// fails is told, undone as far as can be, and not tried again until somebody asks.
/// </summary>
internal sealed class Scaler(FleetFile file, Ledger ledger, Roll start, FleetRegistry registry, Entering entering, Action<string> tell)
{
    private readonly Lock _lock = new();
    private readonly Channel<bool> _asked = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    // All under _lock; the roll's workers are changed by the loop alone, its number by anybody.
    private Roll _roll = start;
    private string? _failure;
    private bool _isScaling;

    public ScaleState State
    {
        get
        {
            lock (_lock)
            {
                return new ScaleState(_roll.Workers.Count, _roll.Wanted, _isScaling || _roll.Workers.Count != _roll.Wanted, _failure, FilePorts.MostWorkers(file));
            }
        }
    }

    /// <summary>From now on so many are wanted. Durable.</summary>
    /// <exception cref="IOException">It cannot be written down; nothing has changed.</exception>
    public void Ask(int workers)
    {
        lock (_lock)
        {
            Save(_roll with { Wanted = workers });
            _failure = null;
            _isScaling = true;
        }

        _asked.Writer.TryWrite(true);
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            while (await StepAsync(cancellation))
            {
            }

            lock (_lock)
            {
                _isScaling = false;
            }

            await _asked.Reader.ReadAsync(cancellation);
        }
    }

    /// <summary>One worker in or out. False when there is nothing left to do, or it failed.</summary>
    public async Task<bool> StepAsync(CancellationToken cancellation)
    {
        ScaleRule.Step? step;
        lock (_lock)
        {
            step = ScaleRule.Next(_roll, [.. registry.Current.Workers.Select(static worker => worker.Name)], _roll.Free(file));
            _isScaling = step is not null;
        }

        if (step is null)
        {
            return false;
        }

        try
        {
            await DoAsync(step, cancellation);
            return true;
        }
        catch (Exception e) when (e is ScaleException or IOException or UnauthorizedAccessException)
        {
            Fail(e.Message);
            return false;
        }
    }

    private async Task DoAsync(ScaleRule.Step step, CancellationToken cancellation)
    {
        var place = step.Place;
        Change(roll => roll.With(place, step.Phase));
        if (step.Phase == Phase.Leaving)
        {
            tell($"{place.Name} leaves the fleet");
            await LeaveAsync(place, cancellation);
            tell($"{place.Name} has left the fleet");
            return;
        }

        tell($"{place.Name} joins the fleet");
        if (await entering.EnterAsync(place, step.IsNew, cancellation) is { } why)
        {
            tell($"{place.Name} could not join and is taken out again: {why}");
            await LeaveAsync(place, cancellation);
            throw new ScaleException($"{place.Name} could not join: {why}");
        }

        Change(roll => roll.With(place, Phase.In));
        tell($"{place.Name} has joined the fleet");
    }

    private async Task LeaveAsync(Place place, CancellationToken cancellation)
    {
        if (await entering.LeaveAsync(place, cancellation) is { } why)
        {
            // Unless the chain may have let go of it already, it stays what it was.
            if (registry.Roster.Find(place.Name) is { IsLeaving: false })
            {
                Change(roll => roll.With(place, Phase.In));
            }

            throw new ScaleException(why);
        }

        Change(roll => roll.Without(place));
    }

    private void Fail(string why)
    {
        lock (_lock)
        {
            _failure = why;
            tell($"Scaling failed: {why}");
            try
            {
                Save(_roll with { Wanted = Math.Max(1, _roll.Workers.Count) });
            }
            catch (IOException e)
            {
                tell($"workers.json cannot be written: {e.Message}");
            }
        }
    }

    private void Change(Func<Roll, Roll> change)
    {
        lock (_lock)
        {
            Save(change(_roll));
        }
    }

    private void Save(Roll roll)
    {
        ledger.Save(roll);
        _roll = roll;
    }
}

/// <summary>A worker could not be brought in or taken out; the message says why.</summary>
internal sealed class ScaleException(string message) : Exception(message);
