namespace TeeProxy.Hop;

/// <summary>What a link to a listed successor is for now.</summary>
internal enum LinkPart
{
    /// <summary>An earlier one of the list has the stream.</summary>
    Spare,

    /// <summary>It was gone past; when it is back it is brought up to date beside the stream.</summary>
    CatchUp,

    /// <summary>It has the stream.</summary>
    Stream,
}
