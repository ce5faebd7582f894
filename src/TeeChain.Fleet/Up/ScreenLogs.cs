namespace TeeChain.Fleet.Up;

/// <summary>What the parts log is told on the screen; what the libraries do only from warnings on.</summary>
internal static class ScreenLogs
{
    public static ILoggerFactory Create(IUpScreen screen) => LoggerFactory.Create(logging => logging
        .AddFilter("Microsoft", LogLevel.Warning).AddFilter("Yarp", LogLevel.Warning).SetMinimumLevel(LogLevel.Information)
        .AddProvider(new Provider(screen)));

    private sealed class Provider(IUpScreen screen) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            screen.Tell(formatter(state, exception) + (exception is null ? "" : $" ({exception.Message})"));

        public void Dispose()
        {
        }
    }
}
