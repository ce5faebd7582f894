namespace TeeChain.Journaling.Tests.Faults;

/// <summary>The machine is off: nothing that is called after this one takes effect.</summary>
internal sealed class CrashException() : IOException("The power is off.");
