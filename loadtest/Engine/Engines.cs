namespace LoadTest.Engine;

/// <summary>Chooses the engine: NBomber where the feed has it (<c>UseNBomber=true</c>), else our own. Called by Program.</summary>
internal static class Engines
{
    public static IEngine Create(TimeProvider time)
    {
#if NBOMBER
        return new NBomberEngine(time);
#else
        return new OpenLoopEngine(time);
#endif
    }
}
