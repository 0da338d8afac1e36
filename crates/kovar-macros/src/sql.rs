//! `sql!`: a statement whose values can only be bound.
//!
//! The text must be one literal, so that nothing a user sent can become SQL. Each `{expression}` in it is taken out,
//! borrowed, and bound as a parameter. A checked wrapper around `format!` was refused: it would have to look at the
//! finished text and guess which part came from outside.
//!
//! A type in front of the text says what the rows are, and one behind an expression what the value is; both are for the
//! compiler and for the app's `check`, to which each statement is registered.
//!
//! `kovar_data::sql!` calls this with its own path in front, `$crate; "select …"`, so that the expansion finds
//! `kovar-data` under whichever name the app knows it.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser, Result};
use syn::{Error, Expr, Ident, LitStr, Token, Type};

/// Expands `root; "text with {expressions}"` to a call of `root::__private::statement`.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    match parse.parse2(input) {
        Ok(call) => call.expand(),
        Err(error) => error.into_compile_error(),
    }
}

/// What stands between the parentheses of one `sql!(…)`.
struct Call {
    root: Ident,
    span: Span,
    /// For which database it is: a variant of `Only`.
    only: Ident,
    /// What its rows are.
    rows: Option<Type>,
    /// The SQL around the parameters: always one piece more than there are parameters.
    pieces: Vec<String>,
    parameters: Vec<Parameter>,
}

/// An `{expression}` or `{expression: Type}`.
struct Parameter {
    expression: Expr,
    of: Option<Type>,
}

impl Call {
    fn expand(&self) -> TokenStream {
        let Self { root, only, pieces, .. } = self;
        // The expansion's own names cannot meet the app's; errors still point at the text.
        let span = Span::mixed_site().located_at(self.span);
        let parameters = self.parameters.iter().map(|parameter| {
            let expression = &parameter.expression;
            match &parameter.of {
                None => quote_spanned!(span=> &(#expression)),
                Some(of) => quote_spanned!(span=> #root::__private::of::<#of>(&(#expression))),
            }
        });
        let kinds = self.parameters.iter().map(|parameter| match &parameter.of {
            None => quote_spanned!(span=> ::core::option::Option::None),
            Some(of) => quote_spanned! {span=>
                ::core::option::Option::Some(<#of as #root::__private::ParameterType>::KIND)
            },
        });
        let shape = match &self.rows {
            None => quote_spanned!(span=> ::core::option::Option::None),
            Some(rows) => quote_spanned!(span=> ::core::option::Option::Some(#root::__private::reflect::<#rows>)),
        };
        let typed = self.rows.as_ref().map_or_else(
            || quote_spanned!(span=> statement),
            |rows| quote_spanned!(span=> #root::__private::typed::<#rows>(statement)),
        );
        // The `let` ends the borrows here: in the tail they would live on across the caller's `.await`, and a future
        // that holds them cannot change threads.
        quote_spanned! {span=> {
            #root::__private::inventory::submit! {
                #root::__private::Registered {
                    module: ::core::module_path!(),
                    file: ::core::file!(),
                    line: ::core::line!(),
                    pieces: &[#(#pieces),*],
                    parameters: &[#(#kinds),*],
                    rows: #shape,
                    only: #root::__private::Only::#only,
                }
            }
            let statement = #root::__private::statement(
                ::core::file!(), ::core::line!(), &[#(#pieces),*], &[#(#parameters),*],
            );
            #typed
        }}
    }
}

fn parse(input: ParseStream<'_>) -> Result<Call> {
    let root = input.call(Ident::parse_any)?;
    input.parse::<Token![;]>()?;
    let (only, rows) = if input.is_empty() || input.peek(LitStr) { (None, None) } else { parse_words(input)? };
    let only = only.unwrap_or_else(|| Ident::new("Any", Span::call_site()));
    let text = parse_text(input)?;
    let mut split = Split::default();
    split.run(&text)?;
    Ok(Call { root, span: text.span(), only, rows, pieces: split.pieces, parameters: split.parameters })
}

/// Reads what stands before the text: `sqlite:`, `Product:`, `postgres Product:`.
fn parse_words(input: ParseStream<'_>) -> Result<(Option<Ident>, Option<Type>)> {
    let span = input.span();
    let no_text = || Error::new(span, NO_LITERAL);
    let only =
        only(&input.fork()).map(|variant| input.call(Ident::parse_any).map(|word| Ident::new(variant, word.span())));
    let only = only.transpose()?;
    let rows = match input.peek(Token![:]) {
        true => None,
        false => Some(input.parse::<Type>().map_err(|_| no_text())?),
    };
    input.parse::<Token![:]>().map_err(|_| no_text())?;
    Ok((only, rows))
}

/// Which database a word in front says that a statement is for.
fn only(input: ParseStream<'_>) -> Option<&'static str> {
    let word = input.call(Ident::parse_any).ok()?;
    if input.peek(Token![::]) {
        return None;
    }
    match word.to_string().as_str() {
        "sqlite" => Some("Sqlite"),
        "postgres" => Some("Postgres"),
        "unchecked" => Some("Unchecked"),
        _ => None,
    }
}

const NO_LITERAL: &str = "SQL is a literal: values go in as {value}, and parts are joined with `.append(sql!(…))`";

fn parse_text(input: ParseStream<'_>) -> Result<LitStr> {
    if input.is_empty() {
        let message = "sql! needs a text: sql!(\"select * from products where id = {product_id}\")";
        return Err(Error::new(Span::call_site(), message));
    }
    let text = input.parse::<LitStr>().map_err(|error| Error::new(error.span(), NO_LITERAL))?;
    input.parse::<Option<Token![,]>>()?;
    if !input.is_empty() {
        return Err(input.error("sql! takes one text: values go into it as {value}"));
    }
    Ok(text)
}

/// Cuts a text into the SQL around its parameters and the parameters.
#[derive(Default)]
struct Split {
    pieces: Vec<String>,
    parameters: Vec<Parameter>,
    piece: String,
    inside: Inside,
}

impl Split {
    fn run(&mut self, literal: &LitStr) -> Result<()> {
        let text = literal.value();
        let mut rest = text.as_str();
        while let Some(next) = rest.chars().next() {
            rest = match next {
                '{' | '}' if rest[1..].starts_with(next) => self.keep(&rest[..1], &rest[2..]),
                '{' => self.parameter(literal, &rest[1..])?,
                '}' => return Err(Error::new(literal.span(), "a `}` without its `{`: a brace of SQL is written `}}`")),
                _ => self.sql(rest),
            };
        }
        if let Some(place) = self.inside.unbindable() {
            // What is appended to the statement would become part of it.
            return Err(Error::new(literal.span(), format!("the text ends in {place}, which must be closed")));
        }
        self.end_piece();
        Ok(())
    }

    /// Takes what is SQL at the start of `rest`: one character, or a mark that is two long.
    fn sql<'a>(&mut self, rest: &'a str) -> &'a str {
        let (length, inside) = self.inside.next(rest);
        self.inside = inside;
        self.keep(&rest[..length], &rest[length..])
    }

    fn keep<'a>(&mut self, sql: &str, rest: &'a str) -> &'a str {
        self.piece.push_str(sql);
        rest
    }

    /// Takes one `expression}` from the start of `rest`.
    fn parameter<'a>(&mut self, literal: &LitStr, rest: &'a str) -> Result<&'a str> {
        let refuse = |message: String| Err(Error::new(literal.span(), message));
        let Some(end) = closing_brace(rest) else {
            return refuse("a `{` without its `}`: a brace of SQL is written `{{`".to_owned());
        };
        let expression = rest[..end].trim();
        if expression.is_empty() {
            return refuse("an empty `{}`: name the value, or write `{{}}` for braces of SQL".to_owned());
        }
        if let Some(place) = self.inside.unbindable() {
            return refuse(format!(
                "`{{{expression}}}` stands in {place}, where nothing can be bound: \
                 end it before the value, as in `'%' || {{value}} || '%'`"
            ));
        }
        let parsed = LitStr::new(expression, literal.span()).parse_with(Parameter::parse);
        self.parameters.push(parsed.map_err(|error| {
            Error::new(literal.span(), format!("`{{{expression}}}` is not a Rust expression: {error}"))
        })?);
        self.end_piece();
        Ok(&rest[end + 1..])
    }

    fn end_piece(&mut self) {
        self.pieces.push(std::mem::take(&mut self.piece));
    }
}

impl Parameter {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let expression = input.parse()?;
        let of = input.parse::<Option<Token![:]>>()?.map(|_| input.parse()).transpose()?;
        Ok(Self { expression, of })
    }
}

/// Where in SQL the reader stands: a parameter inside quotes would be text, and never bound.
#[derive(Clone, Copy, Default)]
enum Inside {
    #[default]
    Statement,
    Text,
    Name,
    LineComment,
    BlockComment,
}

impl Inside {
    /// How many bytes the next mark of `rest` has, and where the reader stands after it.
    fn next(self, rest: &str) -> (usize, Self) {
        let starts = |mark| rest.starts_with(mark);
        match self {
            Self::Statement if starts("--") => (2, Self::LineComment),
            Self::Statement if starts("/*") => (2, Self::BlockComment),
            Self::Statement if starts("'") => (1, Self::Text),
            Self::Statement if starts("\"") => (1, Self::Name),
            Self::BlockComment if starts("*/") => (2, Self::Statement),
            Self::Text if starts("'") => (1, Self::Statement),
            Self::Name if starts("\"") => (1, Self::Statement),
            Self::LineComment if starts("\n") => (1, Self::Statement),
            _ => (rest.chars().next().map_or(0, char::len_utf8), self),
        }
    }

    /// What to call a place where nothing can be bound.
    fn unbindable(self) -> Option<&'static str> {
        match self {
            Self::Statement => None,
            Self::Text => Some("quoted text"),
            Self::Name => Some("a quoted name"),
            Self::LineComment | Self::BlockComment => Some("a comment (`--` ends with its line)"),
        }
    }
}

/// Where the brace ends that was opened just before `rest`, past any braces and text inside the expression.
fn closing_brace(rest: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut in_text = false;
    let mut escaped = false;
    for (at, character) in rest.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            _ if in_text => {}
            '{' => depth += 1,
            '}' if depth == 0 => return Some(at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}
