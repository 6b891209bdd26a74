namespace ClustermgrExporter.Tests.Alerts;

/// <summary>A part of a document that tests generate, between two comments with its name.</summary>
internal static class DocumentBlock
{
    public static string Of(string document, string name) => document[Place(document, name)];

    /// <summary>Returns the document with this part replaced.</summary>
    public static string In(string document, string name, string text)
    {
        var place = Place(document, name);
        return document[..place.Start] + text + document[place.End..];
    }

    private static Range Place(string document, string name)
    {
        var begin = $"<!-- {name} -->\n";
        return (document.IndexOf(begin, StringComparison.Ordinal) + begin.Length)..document.IndexOf(
            $"<!-- /{name} -->\n",
            StringComparison.Ordinal
        );
    }
}
