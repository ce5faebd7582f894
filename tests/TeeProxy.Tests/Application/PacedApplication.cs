using TeeChain.Protocol;
using TeeProxy.Tests.Delivery;

namespace TeeProxy.Tests.Application;

/// <summary>An application that gives each request, one after the other, the next of its answers, in the pieces that a test cuts.</summary>
internal sealed class PacedApplication : IAsyncDisposable
{
    private readonly string?[][] _answers;
    private readonly RawApplication _application;
    private int _next;
    private int _connections;

    /// <param name="answers">The pieces of each; null closes the connection.</param>
    public PacedApplication(params string?[][] answers)
    {
        _answers = answers;
        _application = new RawApplication(async stream =>
        {
            Interlocked.Increment(ref _connections);
            stream.Socket.NoDelay = true;
            while (await RawApplication.ReadAsync(stream) is not null)
            {
                foreach (var piece in _answers[_next++])
                {
                    if (piece is null)
                    {
                        return;
                    }

                    await RawApplication.WriteAsync(stream, piece);
                    await Task.Yield(); // the node may take it
                }
            }
        });
    }

    public Address Address => _application.Address;

    /// <summary>Those that were taken so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
