namespace TeeChain.Protocol.Frames;

/// <summary>One frame as read. The payload is the reader's own buffer: valid until its next read.</summary>
public readonly record struct Frame(FrameType Type, ReadOnlyMemory<byte> Payload);
