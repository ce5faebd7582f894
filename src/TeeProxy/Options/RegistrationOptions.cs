using TeeChain.Protocol;
using TeeChain.Protocol.Registration;

namespace TeeProxy.Options;

/// <summary>Where a node announces itself, and as whom.</summary>
/// <param name="Registries">The one preferred first.</param>
/// <param name="Local">The application's address, as the front doors reach it.</param>
internal sealed record RegistrationOptions(IReadOnlyList<Uri> Registries, string Name, Address Local)
{
    /// <param name="urls">With commas between; null: nowhere.</param>
    /// <param name="name">As it was given; <c>NAME</c> of the environment stands in for it.</param>
    /// <param name="options">All but this.</param>
    public static RegistrationOptions? Read(string? urls, string? name, NodeOptions options, Func<string, string?> environment, ValueChecks values)
    {
        if (urls is null)
        {
            if (name is not null)
            {
                values.Refuse("name", name, "has no meaning without a registry", "allowed: together with --register");
            }

            return null;
        }

        if (options.Secret.IsEmpty)
        {
            values.Refuse("register", urls, "needs the secret to sign with", "give --secret-file, the registry's");
        }

        if (options.Listen.Port == 0 || options.Admin.Port == 0)
        {
            values.Refuse("register", urls, "needs ports that can be told", "give --listen and --admin a port");
        }

        var own = name ?? (environment("NAME") is { Length: > 0 } given ? given : $"{Environment.MachineName}-{options.Listen.Port}");
        if (!Announcement.IsName(own))
        {
            values.Refuse("name", own, "is no name", "allowed: 1 to 64 of A-Z a-z 0-9 . _ -");
        }

        return new([.. urls.Split(',', StringSplitOptions.TrimEntries).Select(url => Registry(url, values))], own, AsReached(options.Local, options.Listen.Told));
    }

    /// <summary>An application that this node reaches by loopback is, for others, at the address by which they reach this node.</summary>
    private static Address AsReached(Address local, Address listen) => local.IsLoopback && !listen.IsLoopback ? local with { Host = listen.Host } : local.Told;

    private static Uri Registry(string text, ValueChecks values)
    {
        if (Address.TryParse(text, out var address))
        {
            return address.HttpUri;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri is { PathAndQuery: "/", UserInfo: "", Fragment: "" })
        {
            return uri;
        }

        values.Refuse("register", text, "is no registry's address", "allowed: http://host:port, or an address such as :9400");
        return new Uri("http://127.0.0.1");
    }
}
