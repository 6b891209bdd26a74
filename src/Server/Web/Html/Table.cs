namespace ClustermgrExporter.Web.Html;

/// <summary>A table of text with a caption; the first cell of each row names it.</summary>
internal static class Table
{
    public static void Add(Markup html, string caption, string[] columns, IEnumerable<string[]> rows)
    {
        html.Add($"<table>\n<caption>{caption}</caption>\n<thead><tr>");
        foreach (var column in columns)
        {
            html.Add($"<th scope=\"col\">{column}</th>");
        }
        html.Add($"</tr></thead>\n<tbody>\n");
        foreach (var row in rows)
        {
            html.Add($"<tr><th scope=\"row\">{row[0]}</th>");
            for (var i = 1; i < row.Length; i++)
            {
                html.Add($"<td data-of=\"{columns[i]}\">{row[i]}</td>");
            }
            html.Add($"</tr>\n");
        }
        html.Add($"</tbody>\n</table>\n");
    }
}
