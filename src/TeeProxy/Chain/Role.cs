namespace TeeProxy.Chain;

/// <summary>A node's durable part in its chain.</summary>
internal enum Role
{
    /// <summary>Fresh: no write has come here and nobody has opened to it.</summary>
    Undecided,

    /// <summary>Somebody opened to it: it takes writes from its predecessor only.</summary>
    Replica,

    /// <summary>It founded the chain, or was promoted: it takes writes from clients.</summary>
    Head,
}

/// <summary>What the operator pins with <c>--role</c>.</summary>
internal enum RolePin
{
    /// <summary>The role that is durable, or that the first contact decides.</summary>
    Auto,

    Head,

    Replica,
}
