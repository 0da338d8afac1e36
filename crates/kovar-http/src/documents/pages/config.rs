//! What an app can choose about its document pages.

use std::collections::BTreeMap;

use http::Uri;
use serde_json::{Map, Value};

/// Which documents an app serves, where, and how they look.
///
/// A path is as the app's router sees it, before any prefix that the app is mounted under: the pages refer to each
/// other, to their assets and to the document by relative URLs only.
///
/// # Example
///
/// ```
/// use kovar_http::documents::pages::PagesConfig;
///
/// let config = PagesConfig { title: "Products".into(), redoc_path: None, ..PagesConfig::default() };
/// assert_eq!(config.docs_path.as_deref(), Some("/docs"));
/// ```
#[derive(Clone, Debug)]
pub struct PagesConfig {
    /// The API's name, for the browser's tab. Default: `API`.
    pub title: String,
    /// Where the document of operations is. Default: `/openapi.json`. `None` serves none, and so no page of it either.
    pub openapi_path: Option<String>,
    /// Where the document of channels is, if there are any. Default: `/asyncapi.json`. `None` serves none, and so no page
    /// of it either.
    pub asyncapi_path: Option<String>,
    /// Where Swagger UI is; its assets and `oauth2-redirect` are below. Default: `/docs`. `None` disables.
    ///
    /// Served when the `docs-ui` feature is on.
    pub docs_path: Option<String>,
    /// Where Redoc is; its assets are below. Default: `/redoc`. `None` disables.
    ///
    /// Served when the `docs-ui` feature is on.
    pub redoc_path: Option<String>,
    /// Where the page of channels is, if there are any; its assets are below. Default: `/docs/live`. `None` disables.
    ///
    /// Served when the `docs-ui` feature is on.
    pub live_path: Option<String>,
    /// Other origins that Swagger UI may call: servers that the document names, token endpoints. Default: none.
    ///
    /// Only scheme and authority are used. The page's `Content-Security-Policy` stops every other call.
    pub connect_to: Vec<Uri>,
    /// Whether Swagger UI keeps credentials in the browser's local storage across reloads. Default: no.
    pub persist_authorization: bool,
    /// What Swagger UI's *Authorize* dialog is filled in with. Default: nothing.
    pub oauth2: Option<OAuth2Client>,
    /// More of [Swagger UI's parameters], by their names there. Default: none.
    ///
    /// `url`, `dom_id`, `oauth2RedirectUrl`, `layout`, `presets` and `validatorUrl` belong to the page.
    ///
    /// [Swagger UI's parameters]: https://swagger.io/docs/open-source-tools/swagger-ui/usage/configuration/
    pub swagger_parameters: Map<String, Value>,
    /// [Redoc's options], by their names there. Default: none; the fonts are the system's.
    ///
    /// [Redoc's options]: https://redocly.com/docs/redoc/config
    pub redoc_options: Map<String, Value>,
}

impl Default for PagesConfig {
    fn default() -> Self {
        Self {
            title: "API".into(),
            openapi_path: Some("/openapi.json".into()),
            asyncapi_path: Some("/asyncapi.json".into()),
            docs_path: Some("/docs".into()),
            redoc_path: Some("/redoc".into()),
            live_path: Some("/docs/live".into()),
            connect_to: Vec::new(),
            persist_authorization: false,
            oauth2: None,
            swagger_parameters: Map::new(),
            redoc_options: Map::new(),
        }
    }
}

/// The OAuth 2 client that Swagger UI signs in as.
///
/// A page that anyone can load is a public client: there is no field for a client secret, and PKCE (RFC 7636) is
/// always used with the authorization code flow. Register `{docs_path}/oauth2-redirect` as its redirect URI.
#[derive(Clone, Debug, Default)]
pub struct OAuth2Client {
    /// The client's identifier at the authorization server.
    pub client_id: String,
    /// The scopes that are ticked at first. Default: none.
    pub scopes: Vec<String>,
    /// More query parameters for the authorization and token requests, such as `audience`. Default: none.
    pub query: BTreeMap<String, String>,
}
