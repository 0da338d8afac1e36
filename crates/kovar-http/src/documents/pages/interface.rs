//! The pages that show the documents, and what they load: Swagger UI and Redoc, and ours of channels.
//!
//! Each is an empty page, a data block with its settings, and scripts: a bundle, and a few lines that start it; or ours.
//! URLs are relative, so a page works under any prefix, also one that a proxy takes off and the app never sees.

use bytes::Bytes;
use http::{HeaderValue, Uri};
use serde_json::{Map, Value, json};

use super::{
    PagesConfig,
    config::OAuth2Client,
    resource::{Resource, gzip_trailer},
    rooted,
};

/// A file that a page loads, embedded gzipped by the build script.
struct Asset {
    stem: &'static str,
    extension: &'static str,
    media_type: &'static str,
    gzip: &'static [u8],
}

macro_rules! asset {
    ($stem:literal, $extension:literal, $media_type:literal) => {
        Asset {
            stem: $stem,
            extension: $extension,
            media_type: $media_type,
            gzip: include_bytes!(concat!(env!("OUT_DIR"), "/", $stem, ".", $extension, ".gz")),
        }
    };
}

static SWAGGER_UI: Asset = asset!("swagger-ui-bundle", "js", "text/javascript; charset=utf-8");
static SWAGGER_UI_STYLE: Asset = asset!("swagger-ui", "css", "text/css; charset=utf-8");
static SWAGGER_START: Asset = asset!("swagger-start", "js", "text/javascript; charset=utf-8");
static OAUTH2_REDIRECT: Asset = asset!("oauth2-redirect", "js", "text/javascript; charset=utf-8");
static REDOC: Asset = asset!("redoc.standalone", "js", "text/javascript; charset=utf-8");
static REDOC_START: Asset = asset!("redoc-start", "js", "text/javascript; charset=utf-8");
static LIVE: Asset = asset!("live", "js", "text/javascript; charset=utf-8");
static LIVE_STYLE: Asset = asset!("live", "css", "text/css; charset=utf-8");
static LIVE_SCHEMA: Asset = asset!("live-schema", "js", "text/javascript; charset=utf-8");
static LIVE_TRIAL: Asset = asset!("live-trial", "js", "text/javascript; charset=utf-8");

impl Asset {
    /// Below the page's path, with the checksum of its bytes in its name: another release is another path.
    fn path(&self, page_path: &str) -> String {
        let [a, b, c, d, ..] = *gzip_trailer(self.gzip);
        let checksum = u32::from_le_bytes([a, b, c, d]);
        let (stem, extension) = (self.stem, self.extension);
        below(page_path, &format!("{stem}.{checksum:08x}.{extension}"))
    }

    fn resource(&self, page_path: &str) -> (String, Resource) {
        (self.path(page_path), Resource::immutable(self.media_type, self.gzip))
    }
}

/// Where everything is that a page could lead to.
struct Places {
    openapi: Option<String>,
    asyncapi: Option<String>,
    docs: Option<String>,
    redoc: Option<String>,
    live: Option<String>,
}

impl Places {
    /// A page without its document is nowhere.
    fn of(config: &PagesConfig) -> Self {
        let openapi = config.openapi_path.as_deref().map(rooted);
        let asyncapi = config.asyncapi_path.as_deref().map(rooted);
        let page =
            |path: &Option<String>, document: &Option<String>| document.as_ref().and(path.as_deref()).map(rooted);
        Self {
            docs: page(&config.docs_path, &openapi),
            redoc: page(&config.redoc_path, &openapi),
            live: page(&config.live_path, &asyncapi),
            openapi,
            asyncapi,
        }
    }
}

/// Everything but the documents themselves.
pub(super) fn resources(config: &PagesConfig) -> Vec<(String, Resource)> {
    let places = Places::of(config);
    let mut resources = Vec::new();
    if let Some(openapi_path) = &places.openapi {
        resources.extend(places.docs.iter().flat_map(|path| swagger_ui(path, openapi_path, &places, config)));
        resources.extend(places.redoc.iter().flat_map(|path| redoc(path, openapi_path, config)));
    }
    if let Some(asyncapi_path) = &places.asyncapi {
        resources.extend(places.live.iter().flat_map(|path| live(path, asyncapi_path, &places, config)));
    }
    resources
}

fn swagger_ui(path: &str, openapi_path: &str, places: &Places, config: &PagesConfig) -> Vec<(String, Resource)> {
    let redirect_path = below(path, "oauth2-redirect");
    let page = Page {
        path,
        assets_path: path,
        title: &format!("{} - Swagger UI", config.title),
        style: Some(&SWAGGER_UI_STYLE),
        link: places.live.as_ref().map(|live| (relative(path, live), "Channels")),
        scripts: &[&SWAGGER_UI, &SWAGGER_START],
        settings: json!({
            "document": relative(path, openapi_path),
            "oauth2Redirect": relative(path, &redirect_path),
            "oauth2": config.oauth2.as_ref().map(oauth2_settings),
            "parameters": swagger_parameters(config),
        }),
    };
    let redirect_page = Page {
        path: &redirect_path,
        assets_path: path,
        title: "Signing in",
        style: None,
        link: None,
        scripts: &[&OAUTH2_REDIRECT],
        settings: Value::Null,
    };
    let assets = [&SWAGGER_UI, &SWAGGER_UI_STYLE, &SWAGGER_START, &OAUTH2_REDIRECT];
    [page.resource(&swagger_policy(&config.connect_to)), redirect_page.resource(&policy(""))]
        .into_iter()
        .chain(assets.map(|asset| asset.resource(path)))
        .collect()
}

fn redoc(path: &str, openapi_path: &str, config: &PagesConfig) -> Vec<(String, Resource)> {
    let page = Page {
        path,
        assets_path: path,
        title: &format!("{} - ReDoc", config.title),
        style: None,
        link: None,
        scripts: &[&REDOC, &REDOC_START],
        settings: json!({ "document": relative(path, openapi_path), "options": config.redoc_options }),
    };
    let assets = [&REDOC, &REDOC_START];
    [page.resource(&redoc_policy())].into_iter().chain(assets.map(|asset| asset.resource(path))).collect()
}

/// The page of channels; `root` is what their addresses are below.
fn live(path: &str, asyncapi_path: &str, places: &Places, config: &PagesConfig) -> Vec<(String, Resource)> {
    let link = |to: &Option<String>| to.as_ref().map(|to| relative(path, to));
    let page = Page {
        path,
        assets_path: path,
        title: &format!("{} - Channels", config.title),
        style: Some(&LIVE_STYLE),
        link: None,
        scripts: &[&LIVE_SCHEMA, &LIVE_TRIAL, &LIVE],
        settings: json!({
            "document": relative(path, asyncapi_path),
            "root": relative(path, "/"),
            "docs": link(&places.docs),
            "redoc": link(&places.redoc),
        }),
    };
    let assets = [&LIVE, &LIVE_STYLE, &LIVE_SCHEMA, &LIVE_TRIAL];
    [page.resource(&live_policy())].into_iter().chain(assets.map(|asset| asset.resource(path))).collect()
}

/// The names are those of `initOAuth` in Swagger UI.
fn oauth2_settings(client: &OAuth2Client) -> Value {
    json!({
        "clientId": client.client_id,
        "scopes": client.scopes,
        "additionalQueryStringParams": client.query,
        "usePkceWithAuthorizationCodeGrant": true,
    })
}

fn swagger_parameters(config: &PagesConfig) -> Map<String, Value> {
    let mut parameters = config.swagger_parameters.clone();
    if config.persist_authorization {
        parameters.insert("persistAuthorization".into(), true.into());
    }
    parameters
}

struct Page<'a> {
    path: &'a str,
    /// The path that the assets are below: for `oauth2-redirect` this is not its own.
    assets_path: &'a str,
    title: &'a str,
    style: Option<&'a Asset>,
    /// Where it leads to above all else: an address and its name.
    link: Option<(String, &'static str)>,
    scripts: &'a [&'a Asset],
    settings: Value,
}

/// A page that names no icon makes the browser ask for `/favicon.ico`.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect \
    width='16' height='16' rx='3' fill='%231f3a4d'/%3E%3Cpath d='M5 3v10M11.5 3 5.5 8l6 5' stroke='%23fff' \
    stroke-width='2' fill='none'/%3E%3C/svg%3E";

impl Page<'_> {
    fn resource(&self, policy: &str) -> (String, Resource) {
        let policy = HeaderValue::try_from(policy).expect("a policy is fixed text and URI authorities: visible ASCII");
        let html = Bytes::from(self.html());
        let resource = Resource::revalidated("text/html; charset=utf-8", || html);
        (self.path.to_owned(), resource.with_security_policy(policy))
    }

    fn html(&self) -> String {
        let title = escape_html(self.title);
        let style = self.style.map(|style| format!("<link rel=\"stylesheet\" href=\"{}\">\n", self.url(style)));
        let style = style.unwrap_or_default();
        let link = self.link.as_ref().map(|(url, name)| {
            format!(
                "<nav style=\"padding: 8px 20px; font: 14px sans-serif\"><a href=\"{}\">{name}</a></nav>\n",
                escape_html(url)
            )
        });
        let link = link.unwrap_or_default();
        let settings = escape_json(&self.settings);
        let script = |asset: &&Asset| format!("<script src=\"{}\"></script>\n", self.url(asset));
        let scripts = self.scripts.iter().map(script).collect::<String>();
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
             <link rel=\"icon\" href=\"{ICON}\">\n{style}<style>body {{ margin: 0 }}</style>\n</head>\n<body>\n\
             {link}<div id=\"page\"><noscript>This page needs JavaScript.</noscript></div>\n\
             <script type=\"application/json\" id=\"settings\">{settings}</script>\n{scripts}</body>\n</html>\n"
        )
    }

    fn url(&self, asset: &Asset) -> String {
        escape_html(&relative(self.path, &asset.path(self.assets_path)))
    }
}

/// What Swagger UI may do; `'unsafe-inline'` is for the style attributes that React writes.
fn swagger_policy(connect_to: &[Uri]) -> String {
    let origins = connect_to.iter().filter_map(origin).map(|origin| format!(" {origin}")).collect::<String>();
    policy(&format!("; connect-src 'self'{origins}"))
}

/// Redoc's search runs in a worker that it makes from a blob.
fn redoc_policy() -> String {
    policy("; connect-src 'self'; worker-src blob:")
}

/// A message is text to the page: nothing becomes markup.
fn live_policy() -> String {
    policy("; connect-src 'self'; require-trusted-types-for 'script'")
}

fn policy(more: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'self'{more}"
    )
}

/// A source of a policy; `None` for a URI without a scheme, or with a character that would end the directive.
fn origin(uri: &Uri) -> Option<String> {
    let (scheme, authority) = (uri.scheme()?, uri.authority()?.as_str());
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let origin = format!("{scheme}://{host}");
    (!origin.contains([';', ','])).then_some(origin)
}

/// From a page's path to another: never absolute, so that a prefix before both does not matter.
fn relative(from: &str, to: &str) -> String {
    let up = "../".repeat(from.matches('/').count().saturating_sub(1));
    format!("./{up}{}", to.trim_start_matches('/'))
}

fn below(path: &str, name: &str) -> String {
    format!("{}/{name}", path.trim_end_matches('/'))
}

fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// JSON for a data block: in JSON `<` occurs in strings only, where it may be written so that no `</script>` and
/// no `<!--` is left to end the block.
fn escape_json(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c")
}
