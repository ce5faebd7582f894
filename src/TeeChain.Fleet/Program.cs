using TeeChain.Fleet.Options;

return await Verbs.RunAsync(args);
