using System.CommandLine;
using System.CommandLine.Invocation;
using ClustermgrExporter;

var root = CommandLine.Create(Sessions.OfConsole);
Promptly.Apply(root);
var parse = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
if (parse.Action is ParseErrorAction) return Misspelt.Refuse(parse);
// Scrapes in flight finish first, and every poll ends at its cancellation: 5 s bound the whole.
return await parse.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(5) });
