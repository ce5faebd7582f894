namespace TeeChain.Fleet.Gateway;

/// <summary>A host that stops when its verb says so: signals are the verb's.</summary>
internal sealed class AskedByVerb : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
