using System.Diagnostics.Metrics;
using System.Net;
using System.Runtime.InteropServices;
using TeeChain.Journaling;
using TeeChain.Protocol.Hop;
using TeeProxy;
using TeeProxy.Chain;
using TeeProxy.Inspection;
using TeeProxy.Options;

switch (OptionsParser.Parse(args, Environment.GetEnvironmentVariable))
{
    case Command.Exit exit:
        await (exit.Code == 0 ? Console.Out : Console.Error).WriteLineAsync(exit.Text.TrimEnd());
        return exit.Code;
    case Command.Journal journal:
        return JournalCommand.Run(journal, Console.Out, Console.Error);
    case Command.Run run:
        return await Node.RunAsync(run.Options);
    default:
        throw new InvalidOperationException("A command without an arm here.");
}
