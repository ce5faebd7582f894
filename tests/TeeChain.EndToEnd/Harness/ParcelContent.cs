using System.Net;

namespace TeeChain.EndToEnd.Harness;

/// <summary>A parcel's body as it is sent: of stated length, or in chunks of the parcel's own size.</summary>
internal sealed class ParcelContent(Parcel parcel) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        if (parcel.ChunkBytes == 0)
        {
            await stream.WriteAsync(parcel.Body);
            return;
        }

        foreach (var chunk in parcel.Body.Chunk(parcel.ChunkBytes))
        {
            // Each write is a chunk.
            await stream.WriteAsync(chunk);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = parcel.Body.Length;
        return parcel.ChunkBytes == 0;
    }
}
