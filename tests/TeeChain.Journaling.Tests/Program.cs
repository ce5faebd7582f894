using TeeChain.Journaling.Tests.Processes;

// A test program, and the child process of its own tests: `child ROLE FOLDER …`.
return args is ["child", var role, .. var rest]
    ? await Child.RunAsync(role, rest)
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
