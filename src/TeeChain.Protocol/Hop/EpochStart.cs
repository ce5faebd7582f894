namespace TeeChain.Protocol.Hop;

/// <summary>Where an epoch began and under which head.</summary>
/// <param name="Epoch">From 1, rising.</param>
/// <param name="Head">The node that led it.</param>
/// <param name="First">The sequence of its epoch record.</param>
public sealed record EpochStart(long Epoch, Guid Head, long First);
