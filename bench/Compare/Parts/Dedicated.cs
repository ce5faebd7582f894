namespace Compare.Parts;

/// <summary>A thread of its own for a load: a pool's thread would be missed by what runs beside it.</summary>
internal static class Dedicated
{
    public static Task<T> RunAsync<T>(Func<T> load) => Task.Factory.StartNew(load, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
