using System.Net.Sockets;
using TeeChain.Protocol;

namespace TeeProxy.Application;

/// <summary>The connections to the application that writes are delivered over. As many as there are exchanges at a time; thread-safe.</summary>
internal sealed class ApplicationPool(Address application, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Stack<ApplicationConnection> _idle = new(); // the one that rested least is on top
    private volatile bool _isDisposed;

    /// <summary>An idle connection, or a new one.</summary>
    /// <exception cref="SocketException">The application does not take a connection.</exception>
    /// <exception cref="ObjectDisposedException">The node has stopped.</exception>
    /// <exception cref="OperationCanceledException">Not within <see cref="ApplicationConnections.ConnectTimeout"/>, or <paramref name="abort"/>.</exception>
    public ValueTask<ApplicationConnection> RentAsync(CancellationToken abort)
    {
        while (TryPop() is { } idle)
        {
            if (idle.IsFresh && time.GetElapsedTime(idle.IdleSince) < ApplicationConnections.IdleTimeout)
            {
                return ValueTask.FromResult(idle);
            }

            idle.Dispose();
        }

        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return OpenAsync(abort);
    }

    /// <summary>For the next exchange. Nothing of the last one is left in it.</summary>
    public void Return(ApplicationConnection connection)
    {
        connection.Rest();
        connection.IdleSince = time.GetTimestamp();
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _idle.Push(connection);
                return;
            }
        }

        connection.Dispose();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
        }

        while (TryPop() is { } idle)
        {
            idle.Dispose();
        }
    }

    private ApplicationConnection? TryPop()
    {
        lock (_gate)
        {
            return _idle.TryPop(out var idle) ? idle : null;
        }
    }

    private async ValueTask<ApplicationConnection> OpenAsync(CancellationToken abort)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(abort);
        patience.CancelAfter(ApplicationConnections.ConnectTimeout);
        return await ApplicationConnection.OpenAsync(application.Host, application.Port, time, patience.Token);
    }
}
