//! A page of tables: for what nobody has to watch.

use std::fmt::Write as _;

use axum::body::Body;
use http::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};

use crate::page;

/// A page of tables.
#[derive(Clone, Debug)]
pub struct Tables {
    /// What they are.
    pub title: String,
    /// The tables, one below the other.
    pub tables: Vec<Table>,
}

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    /// What it shows, in a sentence.
    pub caption: String,
    /// The heads of the columns.
    pub columns: Vec<&'static str>,
    /// The rows, each with a cell for each column; the first names the row. Lines of a cell stay lines.
    pub rows: Vec<Vec<String>>,
}

impl Tables {
    /// The page.
    pub fn answer(&self) -> Response<Body> {
        let mut response = page::guarded(Body::from(self.html()));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }

    fn html(&self) -> String {
        let title = escape(&self.title);
        let mut html = format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
             <link rel=\"icon\" href=\"/console.svg\">\n<link rel=\"stylesheet\" href=\"/console.css\">\n\
             <body class=\"plain\">\n<header><h1>{title}</h1><nav><a href=\"/\">Console</a></nav></header>\n\
             <main>\n"
        );
        self.tables.iter().for_each(|table| table.write(&mut html));
        html.push_str("</main>\n</body>\n</html>\n");
        html
    }
}

impl Table {
    fn write(&self, html: &mut String) {
        let _ = write!(html, "<section>\n<table>\n<caption>{}</caption>\n<thead><tr>", escape(&self.caption));
        for column in &self.columns {
            let _ = write!(html, "<th scope=\"col\">{}</th>", escape(column));
        }
        html.push_str("</tr></thead>\n<tbody>\n");
        for row in &self.rows {
            html.push_str("<tr>");
            for (index, cell) in row.iter().enumerate() {
                let (open, close) = if index == 0 { ("th scope=\"row\"", "th") } else { ("td", "td") };
                let (before, after) = if cell.contains('\n') { ("<pre>", "</pre>") } else { ("", "") };
                let _ = write!(html, "<{open}>{before}{}{after}</{close}>", escape(cell));
            }
            html.push_str("</tr>\n");
        }
        html.push_str("</tbody>\n</table>\n</section>\n");
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_shown_becomes_markup() {
        let table = Table {
            caption: "a & b".to_owned(),
            columns: vec!["One", "Two"],
            rows: vec![
                vec!["<script>".to_owned(), "\"".to_owned()],
                vec!["Plan".to_owned(), "Scan\n  <Filter>".to_owned()],
            ],
        };
        let html = Tables { title: "<b>".to_owned(), tables: vec![table] }.html();
        assert!(html.contains("<tr><th scope=\"row\">&lt;script&gt;</th><td>&quot;</td></tr>"), "{html}");
        assert!(html.contains("<td><pre>Scan\n  &lt;Filter&gt;</pre></td>"), "{html}");
        assert!(html.contains("<caption>a &amp; b</caption>") && !html.contains("<b>"), "{html}");
    }
}
