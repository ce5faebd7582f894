using System.Buffers;
using System.IO.Pipelines;

namespace TeeProxy.Spooling;

/// <summary>
/// Reads bodies of known or unknown length, whole, before anything is done with them: clients' writes for ingress,
/// applications' answers for delivery. Up to <paramref name="memoryBytes"/> they stay in memory, in an array of exactly
/// their size that nobody reuses (the journal holds on to it until the commit); longer ones go to a
/// <see cref="SpoolFile"/>. Memory in use for one body is at most about twice <paramref name="memoryBytes"/>.
/// A failure of the disk is a result; a failure of the source is the source's own exception. Thread-safe.
/// </summary>
/// <param name="folder">Where spool files are made, when one is needed.</param>
/// <param name="memoryBytes">Default 64 KiB: forms and most JSON fit, and 1,000 at once are 64 MiB.</param>
internal sealed class BodySpool(string folder, int memoryBytes = 64 << 10)
{
    internal const string Extension = ".spool";

    private const int NoSpace = 28; // ENOSPC
    private const int QuotaExceeded = 122; // EDQUOT

    /// <summary>Removes what a process that died between making a file and unlinking it left behind. Called once, before anything is read.</summary>
    public void RemoveLeftovers()
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (var path in Directory.EnumerateFiles(folder, "*" + Extension))
        {
            File.Delete(path);
        }
    }

    /// <summary>Reads <paramref name="reader"/> to its end. It stays the caller's to complete.</summary>
    /// <param name="maxBytes">The longest body that is taken.</param>
    /// <param name="seed">The CRC of the head, for <see cref="SpooledBody.PayloadCrc"/>.</param>
    public async ValueTask<SpoolResult> ReadAsync(PipeReader reader, long maxBytes, uint seed, CancellationToken cancellation)
    {
        // While the body may still fit into memory it stays in the pipe, examined but not consumed: no copy but the last.
        while (true)
        {
            var read = await reader.ReadAsync(cancellation);
            var bytes = read.Buffer;
            if (bytes.Length > maxBytes)
            {
                reader.AdvanceTo(bytes.Start, bytes.End);
                return new SpoolResult(SpoolOutcome.TooLarge);
            }

            if (bytes.Length > memoryBytes)
            {
                return await SpillAsync(reader, read, maxBytes, seed, cancellation);
            }

            if (read.IsCompleted)
            {
                var body = bytes.IsEmpty ? SpooledBody.Empty : new SpooledBody(bytes.ToArray(), null, bytes.Length);
                reader.AdvanceTo(bytes.End);
                return new SpoolResult(SpoolOutcome.Complete, body);
            }

            reader.AdvanceTo(bytes.Start, bytes.End);
        }
    }

    /// <summary>Reads <paramref name="stream"/> to its end, or exactly <paramref name="length"/> bytes where that is known. It stays the caller's to dispose.</summary>
    public async ValueTask<SpoolResult> ReadAsync(Stream stream, long? length, long maxBytes, uint seed, CancellationToken cancellation)
    {
        if (length > maxBytes)
        {
            return new SpoolResult(SpoolOutcome.TooLarge);
        }

        if (length == 0)
        {
            return new SpoolResult(SpoolOutcome.Complete, SpooledBody.Empty);
        }

        if (length <= memoryBytes)
        {
            var bytes = GC.AllocateUninitializedArray<byte>((int)length.Value);
            await stream.ReadExactlyAsync(bytes, cancellation);
            return new SpoolResult(SpoolOutcome.Complete, new SpooledBody(bytes, null, bytes.Length));
        }

        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 << 10, leaveOpen: true));
        try
        {
            return await ReadAsync(reader, maxBytes, seed, cancellation);
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private async ValueTask<SpoolResult> SpillAsync(PipeReader reader, ReadResult first, long maxBytes, uint seed, CancellationToken cancellation)
    {
        SpoolFile? file = null;
        try
        {
            for (var read = first; ; read = await reader.ReadAsync(cancellation))
            {
                // What is read may have come on the thread that serves all sockets; a disk may keep a writer waiting.
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                var bytes = read.Buffer;
                var failure = (file?.Length ?? 0) + bytes.Length > maxBytes
                    ? new SpoolResult(SpoolOutcome.TooLarge)
                    : Append(bytes);
                if (failure is { } result)
                {
                    reader.AdvanceTo(bytes.Start, bytes.End);
                    return result;
                }

                reader.AdvanceTo(bytes.End);
                if (read.IsCompleted)
                {
                    return new SpoolResult(SpoolOutcome.Complete, file!.Complete());
                }
            }
        }
        finally
        {
            file?.Dispose();
        }

        SpoolResult? Append(ReadOnlySequence<byte> bytes)
        {
            try
            {
                file ??= SpoolFile.Create(folder, seed);
                file.Append(bytes);
                return null;
            }
            catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
            {
                return AtFault(cause);
            }
        }
    }

    // On Unix an IOException's HResult is the system's errno.
    private static SpoolResult AtFault(Exception cause) =>
        new(cause.HResult is NoSpace or QuotaExceeded ? SpoolOutcome.DiskFull : SpoolOutcome.DiskFailed, Why: cause.Message);
}
