//! One app that uses every feature, and its document as a golden file.
//!
//! `KOVAR_BLESS=1 cargo test -p kovar --all-features everything` writes the file anew; the
//! difference is then looked at like any other change of the contract.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use kovar::http::extract::{LastEventId, Multipart, Upload};
use kovar::http::respond::{Binary, Event, EventStream, File, Html, JsonLines, OctetStream, Page, Redirect, Text};
use kovar::http::security::{ApiKey, AuthenticationError, Basic, Bearer, Flow, Permission, Scheme, SchemeDeclaration};
use kovar::http::testing::TestClient;
use kovar::prelude::*;

#[cfg(feature = "live")]
mod channels;

mod schemas {
    use super::*;

    /// Texts and their rules.
    #[schema]
    #[derive(Debug)]
    pub(super) struct Texts {
        #[field(min_length = 1, max_length = 10)]
        pub(super) bounded: String,
        #[field(pattern = "^[A-Z]{3}-\\d+$", example = "ABC-1")]
        pub(super) patterned: String,
        #[field(strip_whitespace, to_lower, ascii_only)]
        pub(super) changed: String,
        #[field(to_upper)]
        pub(super) shouted: Option<String>,
        pub(super) email: Email,
        #[field(schemes = ["https"])]
        pub(super) url: Url,
        #[field(uuid_version = 4)]
        pub(super) id: Uuid,
    }

    /// Numbers and their rules.
    #[schema]
    #[derive(Debug)]
    pub(super) struct Numbers {
        #[field(ge = 0, lt = 10)]
        pub(super) tiny: u8,
        pub(super) small: i16,
        #[field(multiple_of = 5)]
        pub(super) medium: i32,
        pub(super) large: i64,
        pub(super) largest: u64,
        #[field(gt = 0.5, le = 1.5)]
        pub(super) ratio: f64,
        pub(super) single: f32,
        #[field(allow_inf_nan)]
        pub(super) anything: f64,
        #[field(gt = 0, le = 1_000_000, decimal_places = 2, max_digits = 9)]
        pub(super) price: Decimal,
    }

    /// Dates and times.
    #[schema]
    #[derive(Debug)]
    pub(super) struct Times {
        #[field(past)]
        pub(super) born: jiff::civil::Date,
        #[field(future)]
        pub(super) due: Timestamp,
        pub(super) local: jiff::civil::DateTime,
        pub(super) clock: jiff::civil::Time,
        pub(super) lasts: jiff::SignedDuration,
    }

    /// Addresses of the network.
    #[schema]
    #[derive(Debug)]
    pub(super) struct Addresses {
        pub(super) any: IpAddr,
        pub(super) four: Ipv4Addr,
        pub(super) six: Ipv6Addr,
    }

    /// Lists, sets and maps.
    #[schema]
    #[derive(Debug)]
    pub(super) struct Collections {
        #[field(min_items = 1, max_items = 5, unique, items(min_length = 1))]
        pub(super) list: Vec<String>,
        pub(super) set: BTreeSet<i32>,
        #[field(max_items = 3, keys(pattern = "^[a-z]+$"), values(ge = 0))]
        pub(super) map: BTreeMap<String, i64>,
        pub(super) by_number: HashMap<u32, bool>,
        pub(super) pair: (String, i32),
        pub(super) grid: [u8; 3],
        pub(super) bytes: Base64,
        #[field(max_length = 4)]
        pub(super) hex: Hex,
    }

    /// What may be absent, and what may be null.
    #[schema]
    #[derive(Debug)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub(super) struct Presence {
        pub(super) optional_or_null: Option<String>,
        #[field(required)]
        pub(super) required_or_null: Option<String>,
        #[field(not_null)]
        pub(super) optional_not_null: Option<String>,
        #[field(default = 10, ge = 1)]
        pub(super) with_default: u32,
        #[serde(alias = "old_name", rename = "newName")]
        pub(super) renamed: bool,
        /// No longer sent.
        #[field(deprecated)]
        pub(super) outdated: Option<bool>,
    }

    /// A shape of geometry, told by its `kind`.
    #[schema]
    #[derive(Debug)]
    #[serde(tag = "kind", rename_all = "snake_case")]
    pub(super) enum Figure {
        /// All points at one distance.
        Circle {
            #[field(gt = 0)]
            radius: f64,
        },
        /// Four corners.
        Rectangle(Rectangle),
        /// Nothing.
        Empty,
    }

    #[schema]
    #[derive(Debug)]
    pub(super) struct Rectangle {
        #[field(gt = 0)]
        pub(super) width: f64,
        #[field(gt = 0)]
        pub(super) height: f64,
    }

    /// A result in its own envelope.
    #[schema]
    #[derive(Debug)]
    #[serde(tag = "type", content = "value")]
    pub(super) enum Envelope {
        Number(i64),
        Text(String),
    }

    /// A number or a text.
    #[schema]
    #[derive(Debug)]
    #[serde(untagged)]
    pub(super) enum NumberOrText {
        Number(i64),
        Text(#[field(max_length = 10)] String),
    }

    /// A command, named by its key.
    #[schema]
    #[derive(Debug)]
    #[serde(rename_all = "snake_case")]
    pub(super) enum Command {
        Stop,
        Move { x: i32, y: i32 },
    }

    /// A tree of names.
    #[schema]
    #[derive(Debug)]
    pub(super) struct Tree {
        pub(super) name: Sku,
        pub(super) children: Vec<Tree>,
    }

    /// The number of an article.
    #[schema]
    #[derive(Clone, Debug)]
    pub(super) struct Sku(#[field(pattern = "^[A-Z0-9]{4,8}$")] pub(super) String);

    #[schema]
    #[derive(Debug)]
    pub(super) struct Flattened {
        pub(super) own: String,
        #[serde(flatten)]
        pub(super) rectangle: Rectangle,
    }

    /// A person who signs in.
    #[schema(input, validate = passwords_match)]
    #[derive(Debug)]
    pub(super) struct SignUp {
        #[field(validate = not_reserved)]
        pub(super) name: String,
        #[field(min_length = 8)]
        pub(super) password: Secret<String>,
        pub(super) repeated: Secret<String>,
    }

    fn not_reserved(name: &str) -> Result<(), Invalid> {
        match name {
            "admin" => Err(Invalid::new("reserved_name", "This name is taken by the house").with("name", "admin")),
            _ => Ok(()),
        }
    }

    fn passwords_match(form: &SignUp) -> Result<(), Invalid> {
        match form.password == form.repeated {
            true => Ok(()),
            false => Err(Invalid::new("passwords_differ", "The passwords differ").at("repeated")),
        }
    }

    /// An order, with a total that is computed.
    #[schema(partial = "OrderPatch", computed(/// What all of it costs.
        total: Decimal = Order::total))]
    #[derive(Clone, Debug)]
    pub(super) struct Order {
        #[field(ge = 1)]
        pub(super) amount: u32,
        #[field(gt = 0, decimal_places = 2)]
        pub(super) price: Decimal,
        pub(super) note: Option<String>,
    }

    impl Order {
        fn total(&self) -> Decimal {
            self.price * Decimal::from(self.amount)
        }
    }

    /// All schemas at once.
    #[schema]
    #[derive(Debug)]
    pub(super) struct All {
        pub(super) texts: Texts,
        pub(super) numbers: Numbers,
        pub(super) times: Times,
        pub(super) addresses: Addresses,
        pub(super) collections: Collections,
        pub(super) presence: Presence,
        pub(super) figure: Figure,
        pub(super) envelope: Envelope,
        pub(super) number_or_text: NumberOrText,
        pub(super) command: Command,
        pub(super) tree: Tree,
        pub(super) flattened: Flattened,
    }
}

use schemas::*;

#[problem]
#[derive(Debug)]
enum EverythingProblem {
    /// There is no such thing.
    #[status(404)]
    #[detail("nothing has the id {id}")]
    NotFound {
        /// The id that nothing has.
        id: Uuid,
    },
    /// Somebody was faster.
    ///
    /// Read again, then try again.
    #[status(409)]
    Conflict,
    /// Too much at once.
    #[status(429)]
    #[header("retry-after", "5")]
    TooMuch,
}

macro_rules! scheme {
    ($scheme:ident, $credential:ty, $declaration:expr) => {
        #[derive(Debug)]
        struct $scheme;

        impl Scheme for $scheme {
            type Credential = $credential;
            type Principal = String;
            type Needs = ();

            fn declare() -> SchemeDeclaration {
                $declaration
            }

            async fn authenticate(_: $credential, (): ()) -> Result<String, AuthenticationError> {
                Err(AuthenticationError::refused())
            }
        }
    };
}

scheme!(Token, Bearer, SchemeDeclaration::bearer("token").description("A token of ours."));
scheme!(Jwt, Bearer, SchemeDeclaration::jwt("jwt"));
scheme!(Password, Basic, SchemeDeclaration::basic("password"));
scheme!(HeaderKey, ApiKey, SchemeDeclaration::api_key_header("header_key", "x-api-key"));
scheme!(QueryKey, ApiKey, SchemeDeclaration::api_key_query("query_key", "api_key"));
scheme!(CookieKey, ApiKey, SchemeDeclaration::api_key_cookie("cookie_key", "session"));
scheme!(
    OAuth,
    Bearer,
    SchemeDeclaration::oauth2(
        "oauth",
        vec![
            Flow::password("/token").scope("items:read", "Read items").scope("items:write", "Write items"),
            Flow::authorization_code("/authorize", "/token")
                .scope("items:read", "Read items")
                .scope("items:write", "Write items"),
        ]
    )
);
scheme!(
    OpenId,
    Bearer,
    SchemeDeclaration::openid_connect("openid", "https://id.example.com/.well-known/openid-configuration")
);

#[derive(Debug)]
struct WriteItems;

impl Permission for WriteItems {
    type Scheme = OAuth;

    const SCOPES: &'static [&'static str] = &["items:write"];

    fn permits(_: &String) -> bool {
        true
    }
}

/// Which items a list shows.
#[schema(input)]
#[derive(Debug)]
struct ItemFilter {
    category: Option<String>,
    tags: Option<Vec<String>>,
    #[field(comma_separated)]
    ids: Option<Vec<u32>>,
    price: Option<Range>,
    #[field(ge = 1, le = 100, default = 10)]
    limit: u32,
}

/// From and to.
#[schema(input)]
#[derive(Debug)]
struct Range {
    #[field(ge = 0)]
    gte: Option<u32>,
    #[field(ge = 0)]
    lte: Option<u32>,
}

/// A form with files.
#[schema(input)]
struct Application {
    name: String,
    address: Rectangle,
    #[field(max_length = 100_000)]
    portrait: Upload,
    letters: Option<Vec<Upload>>,
}

/// Echo all schemas.
#[post("/schemas", tag = "schemas")]
async fn schemas_operation(Json(all): Json<All>) -> Json<All> {
    Json(all)
}

/// Sign up.
#[post("/sign-up", tag = "schemas", body_limit = "64 KiB", deadline = "5 s")]
async fn sign_up(Json(form): Json<SignUp>) -> NoContent {
    let _ = (form.name, form.password);
    NoContent
}

/// List items.
///
/// A filter by *price* is `price[gte]=1`.
#[get("/items", tag = "items")]
async fn list_items(
    Query(filter): Query<ItemFilter>,
    /// Which language the client reads.
    #[field(name = "accept-language", max_length = 100)]
    Header(language): Header<Option<String>>,
    #[field(name = "theme")] Cookie(theme): Cookie<Option<String>>,
) -> Page<Rectangle> {
    let _ = (filter.category, filter.tags, filter.ids, filter.limit, language, theme);
    let _ = filter.price.map(|range| (range.gte, range.lte));
    Page::last(Vec::new())
}

/// Show an item.
#[get("/items/{id}", tag = "items")]
async fn get_item(Path(id): Path<Uuid>) -> Result<Json<Order>, EverythingProblem> {
    Err(EverythingProblem::NotFound { id })
}

/// Place an order, and be told when it ships.
#[post("/items/{id}/orders", tag = "items", callback(shipped = "{$request.query.callback_url}" -> order_shipped))]
async fn place_order(
    _: Has<WriteItems>,
    Path(id): Path<Uuid>,
    Query(callback_url): Query<Url>,
    Json(order): Json<Order>,
) -> Result<Created<Order>, EverythingProblem> {
    let _ = callback_url;
    match order.amount {
        0 => Err(EverythingProblem::Conflict),
        1_000_000.. => Err(EverythingProblem::TooMuch),
        _ => Ok(Created::at(format!("/items/{id}"), order)),
    }
}

/// An order has shipped.
#[post("/shipped", hidden)]
async fn order_shipped(Json(order): Json<Order>) -> NoContent {
    let _ = order;
    NoContent
}

/// Change an order.
#[patch("/orders/{id}", tag = "items")]
async fn change_order(
    _: Authenticated<OAuth>,
    Path(id): Path<Uuid>,
    Json(patch): Json<OrderPatch>,
) -> Result<Accepted<Order>, EverythingProblem> {
    let _ = patch;
    Err(EverythingProblem::NotFound { id })
}

/// Every other way to sign in.
#[get("/secured/{way}", tag = "security")]
async fn secured(
    Path(way): Path<String>,
    _: Authenticated<Token>,
    _: Authenticated<Password>,
    _: Authenticated<HeaderKey>,
    _: Authenticated<QueryKey>,
    _: Authenticated<CookieKey>,
    _: Option<Authenticated<Jwt>>,
    _: Option<Authenticated<OpenId>>,
) -> Text {
    Text(way)
}

/// Sign in with a form.
#[post("/token", tag = "security")]
async fn token(Form(form): Form<Rectangle>) -> Json<Rectangle> {
    Json(form)
}

/// Apply, with files.
#[post("/applications", tag = "bodies")]
async fn apply(Multipart(form): Multipart<Application>) -> Text {
    let _ = (form.address, form.portrait, form.letters);
    Text(form.name)
}

/// Keep bytes.
#[put("/bytes", tag = "bodies")]
async fn put_bytes(Body(bytes): Body<axum::body::Bytes>) -> NoContent {
    let _ = bytes;
    NoContent
}

/// Count words.
#[post("/words", tag = "bodies")]
async fn count_words(Body(text): Body<String>) -> Json<u64> {
    Json(text.split_whitespace().count() as u64)
}

/// Watch figures.
#[get("/figures/events", tag = "streams")]
async fn watch_figures(last: LastEventId) -> EventStream<Figure> {
    let _ = last;
    EventStream::new(futures_util::stream::iter([Event::new(Figure::Empty)]))
}

/// Export figures.
#[get("/figures/lines", tag = "streams")]
async fn export_figures() -> JsonLines<Figure> {
    JsonLines::new(futures_util::stream::iter([Figure::Empty]))
}

/// A page for people.
#[get("/page", tag = "responses")]
async fn page() -> Html<&'static str> {
    Html("<!doctype html><title>Everything</title>")
}

/// Some bytes.
#[get("/binary", tag = "responses")]
async fn binary() -> Binary<OctetStream> {
    Binary::new(vec![1, 2, 3])
}

/// A file to keep.
#[get("/file", tag = "responses")]
async fn file() -> File {
    File::bytes("hello").media_type("text/plain").attachment("hello.txt")
}

/// The place where it is now.
#[get("/old", tag = "responses", deprecated)]
async fn old() -> Redirect<308> {
    Redirect::permanent("/page")
}

/// Delete everything.
#[delete("/everything", tag = "responses")]
async fn delete_everything() {}

fn app() -> App {
    let admin = Group::new("/admin").tag("admin").require::<Has<WriteItems>>().mount(operations![admin_status]);
    let app = App::new("Everything", "1.0.0")
        .summary("One of each")
        .description("An app that uses **every** feature, so that its document shows each.")
        .tag("schemas", "Every rule and type")
        .mount(operations![
            schemas_operation,
            sign_up,
            list_items,
            get_item,
            place_order,
            change_order,
            secured,
            token,
            apply,
            put_bytes,
            count_words,
            watch_figures,
            export_figures,
            page,
            binary,
            file,
            old,
            delete_everything
        ])
        .group(admin)
        .webhook(<order_placed as kovar::http::operation::NamedOperation>::operation());
    #[cfg(feature = "live")]
    let app = {
        use channels::{all, commands, figures, hidden, raw};
        app.live(Live::new()).mount(operations![all, figures, commands, raw, hidden])
    };
    app
}

/// How the house is.
#[get("/status")]
async fn admin_status() -> Text {
    Text("well".to_owned())
}

/// An order was placed.
#[post("/order-placed")]
async fn order_placed(Json(order): Json<Order>) -> NoContent {
    let _ = order;
    NoContent
}

#[test]
fn the_document_is_the_golden_one() {
    let document = app().openapi().unwrap().to_pretty_string();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/everything.openapi.json");
    if std::env::var_os("KOVAR_BLESS").is_some() {
        std::fs::write(path, &document).unwrap();
    }
    let golden = std::fs::read_to_string(path).unwrap_or_default();
    assert!(document == golden, "the document has changed; look at it with KOVAR_BLESS=1 and `git diff`");
}

#[tokio::test]
async fn everything_answers() {
    let client = TestClient::new(app()).await.unwrap();
    client.get("/page").send().await.assert_status(200);
    client.get("/old").send().await.assert_status(308);
    client.get("/file").send().await.assert_status(200);
    client.get("/secured/x").send().await.assert_status(401);
    client.get("/admin/status").send().await.assert_status(401);
    client.delete("/everything").send().await.assert_status(204);
    let sign_up = r#"{"name":"admin","password":"12345678","repeated":"123"}"#;
    let refused = client.post("/sign-up").body(sign_up, "application/json").send().await;
    let problem = refused.assert_status(422).problem();
    assert_eq!(problem.errors[0].kind, "reserved_name");
    assert!(!refused.text().contains("12345678"), "{}", refused.text());
    let items = client.get("/items?price[gte]=x&limit=0").send().await;
    assert_eq!(items.assert_status(422).problem().errors.len(), 2);
}
