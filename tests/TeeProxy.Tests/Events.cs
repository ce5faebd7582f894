using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace TeeProxy.Tests;

/// <summary>A log of which only the events' names are kept, in order.</summary>
internal sealed class Events : ILogger
{
    private readonly ConcurrentQueue<string> _names = [];

    public string[] Names => [.. _names];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _names.Enqueue(eventId.Name ?? "no name");
}
