namespace TeeChain.Protocol.Frames;

/// <summary>What arrived is no frame of this protocol. The stream cannot be read on; only a new opening helps.</summary>
public sealed class DamagedFrameException(string what) : IOException($"The stream is damaged: {what}.");
