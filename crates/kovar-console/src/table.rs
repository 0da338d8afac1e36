//! A page that is one table: for what does not change while the app runs.

use std::fmt::Write as _;

use axum::body::Body;
use http::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};

use crate::page;

/// A page that is one table.
#[derive(Clone, Debug)]
pub struct Table {
    /// What it is.
    pub title: String,
    /// What it shows, in a sentence.
    pub caption: String,
    /// The heads of the columns.
    pub columns: Vec<&'static str>,
    /// The rows, each with a cell for each column; the first names the row.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// The page.
    pub fn answer(&self) -> Response<Body> {
        let mut response = page::guarded(Body::from(self.html()));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }

    fn html(&self) -> String {
        let (title, caption) = (escape(&self.title), escape(&self.caption));
        let mut html = format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
             <link rel=\"icon\" href=\"/console.svg\">\n<link rel=\"stylesheet\" href=\"/console.css\">\n\
             <body class=\"plain\">\n<header><h1>{title}</h1><nav><a href=\"/\">Console</a></nav></header>\n\
             <main><section>\n<table>\n<caption>{caption}</caption>\n<thead><tr>"
        );
        for column in &self.columns {
            let _ = write!(html, "<th scope=\"col\">{}</th>", escape(column));
        }
        html.push_str("</tr></thead>\n<tbody>\n");
        for row in &self.rows {
            html.push_str("<tr>");
            for (index, cell) in row.iter().enumerate() {
                let (open, close) = if index == 0 { ("th scope=\"row\"", "th") } else { ("td", "td") };
                let _ = write!(html, "<{open}>{}</{close}>", escape(cell));
            }
            html.push_str("</tr>\n");
        }
        html.push_str("</tbody>\n</table>\n</section></main>\n</body>\n</html>\n");
        html
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
            title: "<b>".to_owned(),
            caption: "a & b".to_owned(),
            columns: vec!["One", "Two"],
            rows: vec![vec!["<script>".to_owned(), "\"".to_owned()]],
        };
        let html = table.html();
        assert!(html.contains("<tr><th scope=\"row\">&lt;script&gt;</th><td>&quot;</td></tr>"), "{html}");
        assert!(html.contains("<caption>a &amp; b</caption>") && !html.contains("<b>"), "{html}");
    }
}
