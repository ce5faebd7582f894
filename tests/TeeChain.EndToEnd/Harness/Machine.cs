namespace TeeChain.EndToEnd.Harness;

/// <summary>Where a program runs: here, or in a network namespace of its own, which is a host as far as the network goes.</summary>
/// <param name="Address">An IPv4 address of it, which the other machines reach.</param>
internal sealed record Machine(string Address, string? Namespace)
{
    public static readonly Machine This = new("127.0.0.1", null);

    /// <summary>As <see cref="RealProcess.Start"/>; <c>ip netns exec</c> makes the program take its place, under the same process id.</summary>
    public RealProcess Start(string program, IEnumerable<string> arguments, string log) => Namespace is null
        ? RealProcess.Start(program, arguments, log)
        : RealProcess.Start("ip", ["netns", "exec", Namespace, program, .. arguments], log);
}
