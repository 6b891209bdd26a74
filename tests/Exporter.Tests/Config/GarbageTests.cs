using System.Text;
using ClustermgrExporter.Configuration;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace ClustermgrExporter.Tests.Config;

public sealed class GarbageTests(ConfigFolder folder) : IClassFixture<ConfigFolder>
{
    private const string Interesting = "\t\n\r :-#[]{},&*!|>'\"%@`?~<\\0a9.é\u2028\u0085\ud83d";

    private static readonly Gen<string> Mutants =
        from edits in Gen.ListOf(
            from position in Gen.Choose(0, ExampleFileTests.Example.Length)
            from remove in Gen.Choose(0, 12)
            from insert in Gen.ListOf(Gen.Elements(Interesting.ToCharArray()))
            select (position, remove, insert: new string([.. insert.Take(4)]))
        )
        select edits.Take(8).Aggregate(ExampleFileTests.Example, Edit);

    private static string Edit(string text, (int Position, int Remove, string Insert) edit)
    {
        var at = Math.Min(edit.Position, text.Length);
        return text.Remove(at, Math.Min(edit.Remove, text.Length - at)).Insert(at, edit.Insert);
    }

    [Fact]
    public void ADamagedFileIsReadOrRefusedButNeverThrows() =>
        Check.One(
            FsCheck.Config.QuickThrowOnFailure.WithMaxTest(1500),
            Prop.ForAll(Arb.From(Mutants), text => IsSound(text, folder.Parse(text)))
        );

    [Fact]
    public void TextFromYamlsOwnAlphabetIsReadOrRefusedButNeverThrows() =>
        Check.One(
            FsCheck.Config.QuickThrowOnFailure.WithMaxTest(3000),
            Prop.ForAll(
                Arb.From(
                    Gen.ListOf(Gen.Elements(Interesting.ToCharArray())).Select(letters => new string([.. letters]))
                ),
                text => IsSound(text, folder.Parse(text))
            )
        );

    [Fact]
    public void RandomBytesAreRefusedInOneLine() =>
        Check.One(
            FsCheck.Config.QuickThrowOnFailure.WithMaxTest(200),
            Prop.ForAll<byte[]>(bytes =>
            {
                File.WriteAllBytes(folder.PathOf("exporter.yaml"), bytes);
                var result = ConfigLoader.Load(folder.PathOf("exporter.yaml"), ConfigFolder.Environment);
                return result.Config is null && result.Errors.Length > 0 && result.Errors.All(IsOneLine);
            })
        );

    // True for errors or a configuration, but not both; each error is one line, points into the file, and is in order.
    private static bool IsSound(string text, ConfigResult result)
    {
        var lines = text.Count(character => character is '\n' or '\r' or '\u0085' or '\u2028') + 1;
        var pointed = result.Errors.Select(error => int.Parse(error.Split(':')[1])).ToArray();
        return result.Config is null == result.Errors.Length > 0
            && pointed.All(line => line >= 1 && line <= lines + 1)
            && pointed.SequenceEqual(pointed.Order())
            && result.Errors.Concat(result.Warnings).All(IsOneLine);
    }

    private static bool IsOneLine(string error) =>
        !error.Any(char.IsControl)
        && error.Length < 1000
        && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(error)) == error;
}
