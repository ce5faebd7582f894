namespace TeeChain.Fleet.Registry;

/// <summary>What the registry tells of the fleet's changes.</summary>
internal sealed partial class RegistryLog(ILogger<FleetRegistry> log)
{
    /// <summary>Who came, changed or went.</summary>
    public void Changes(Roster before, Roster after)
    {
        foreach (var worker in after.Workers.Except(before.Workers))
        {
            LogWorker(worker.Name, worker.State, worker.Address, worker.Teeproxy);
        }

        foreach (var seat in before.Seats.Where(seat => after.Find(seat.Name) is null))
        {
            LogForgotten(seat.Name);
        }
    }

    /// <summary>What was not there before.</summary>
    public void Problems(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        foreach (var problem in after.Except(before))
        {
            LogProblem(problem);
        }
    }

    [LoggerMessage(LogLevel.Information, "{Name} is {State}: application {Address}, teeproxy {Teeproxy}.", EventName = "worker_state")]
    private partial void LogWorker(string name, WorkerState state, string address, string teeproxy);

    [LoggerMessage(LogLevel.Information, "{Name} is in the fleet no more.", EventName = "worker_forgotten")]
    private partial void LogForgotten(string name);

    [LoggerMessage(LogLevel.Warning, "{Problem}", EventName = "registry_problem")]
    private partial void LogProblem(string problem);
}
