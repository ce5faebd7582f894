namespace Compare.Load;

/// <summary>What a client sends.</summary>
internal abstract class Request
{
    /// <summary>The whole message. Valid until the next call.</summary>
    /// <param name="id">Of this request; unique in its run.</param>
    public abstract ReadOnlySpan<byte> Build(int id);
}
