use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use axum::body::{Body, to_bytes};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};

use super::{
    Pages, PagesConfig,
    negotiation::{has_current, prefers_gzip},
};

fn document() -> String {
    format!(r#"{{"openapi":"3.1.0","info":{{"title":"{}","version":"1"}},"paths":{{}}}}"#, "long ".repeat(500))
}

fn pages() -> Pages {
    Pages::new(document(), &PagesConfig::default())
}

fn headers(lines: &[(HeaderName, &'static str)]) -> HeaderMap {
    lines.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
}

fn get(pages: &Pages, path: &str, lines: &[(HeaderName, &'static str)]) -> Response<Body> {
    pages.respond(&Method::GET, path, &headers(lines)).expect("the path is a page's")
}

/// A body of bytes in memory is there at the first poll.
fn body(response: Response<Body>) -> Vec<u8> {
    let mut reading = pin!(to_bytes(response.into_body(), usize::MAX));
    match reading.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(bytes) => bytes.unwrap().to_vec(),
        Poll::Pending => panic!("the body is not in memory"),
    }
}

fn inflated(gzip: &[u8]) -> String {
    use std::io::Read as _;

    let mut plain = String::new();
    flate2::read::GzDecoder::new(gzip).read_to_string(&mut plain).unwrap();
    plain
}

#[track_caller]
fn check_header(response: &Response<Body>, name: &str, expected: &str) {
    assert_eq!(response.headers().get(name).map(|value| value.to_str().unwrap()), Some(expected), "{name}");
}

#[test]
fn the_document_is_revalidated_at_each_request() {
    let response = get(&pages(), "/openapi.json", &[]);
    assert_eq!(response.status(), StatusCode::OK);
    check_header(&response, "content-type", "application/json");
    check_header(&response, "cache-control", "no-cache");
    check_header(&response, "vary", "accept-encoding");
    check_header(&response, "x-content-type-options", "nosniff");
    check_header(&response, "content-length", &document().len().to_string());
    assert_eq!(body(response), document().into_bytes());
}

#[test]
fn another_path_is_not_answered() {
    for path in ["/", "/openapi.json/", "/docsx", "/docs/", "/openapi.jsonx", ""] {
        assert!(pages().respond(&Method::GET, path, &HeaderMap::new()).is_none(), "{path}");
    }
}

#[test]
fn a_known_tag_is_answered_with_304() {
    let pages = pages();
    for path in pages.paths() {
        let first = get(&pages, path, &[]);
        let tag = first.headers()[header::ETAG].clone();
        let lines = HeaderMap::from_iter([(header::IF_NONE_MATCH, tag.clone())]);
        for method in [Method::GET, Method::HEAD] {
            let second = pages.respond(&method, path, &lines).unwrap();
            assert_eq!(second.status(), StatusCode::NOT_MODIFIED, "{path}");
            for name in [header::ETAG, header::CACHE_CONTROL, header::VARY] {
                assert_eq!(second.headers().get(&name), first.headers().get(&name), "{path} {name}");
            }
            assert!(body(second).is_empty());
        }
    }
}

#[test]
fn another_document_has_another_tag() {
    let tag = |document: &'static str| {
        let pages = Pages::new(document, &PagesConfig::default());
        get(&pages, "/openapi.json", &[]).headers()[header::ETAG].clone()
    };
    assert_ne!(tag(r#"{"openapi":"3.1.0"}"#), tag(r#"{"openapi":"3.1.1"}"#));
}

#[test]
fn if_none_match_is_a_list_compared_weakly() {
    let check = |line: &'static str, expected: bool| {
        assert_eq!(has_current(&headers(&[(header::IF_NONE_MATCH, line)]), "W/\"abc\""), expected, "{line}");
    };
    check("W/\"abc\"", true);
    check("\"abc\"", true);
    check("*", true);
    check("\"x\", W/\"abc\" , \"y\"", true);
    check("abc", false);
    check("\"ab\"", false);
    check("\"x\",", false);
    check("", false);
    assert!(!has_current(&HeaderMap::new(), "W/\"abc\""));
}

#[test]
fn if_none_match_may_span_lines() {
    let lines = [(header::IF_NONE_MATCH, "\"x\""), (header::IF_NONE_MATCH, "\"abc\"")];
    assert!(has_current(&headers(&lines), "W/\"abc\""));
}

#[test]
fn gzip_is_sent_where_the_client_takes_it() {
    let check = |line: &'static str, expected: bool| {
        assert_eq!(prefers_gzip(&headers(&[(header::ACCEPT_ENCODING, line)])), expected, "{line:?}");
    };
    check("gzip", true);
    check("GZIP", true);
    check("x-gzip", true);
    check("gzip, deflate, br, zstd", true);
    check("br;q=1.0, gzip;q=0.5", true);
    check("gzip ; q=0.001", true);
    check("gzip;Q=1", true);
    check("*", true);
    check("identity;q=0.5, gzip;q=0.5", true);
    check("gzip;q=0", false);
    check("gzip;q=0.000", false);
    check("gzip;q=0, *", false);
    check("*;q=0", false);
    check("identity, gzip;q=0.5", false);
    check("identity", false);
    check("br", false);
    check("gzipped", false);
    check("gzip;q=", false);
    check("gzip;q=NaN", false);
    check("gzip;level=9", false);
    check("", false);
    assert!(!prefers_gzip(&HeaderMap::new()));
}

#[test]
fn both_codings_hold_the_same_bytes() {
    let pages = pages();
    for path in pages.paths() {
        let plain = body(get(&pages, path, &[]));
        let coded = get(&pages, path, &[(header::ACCEPT_ENCODING, "gzip")]);
        if !coded.headers().contains_key(header::CONTENT_ENCODING) {
            assert!(plain.len() < 1024, "{path}");
            continue;
        }
        let gzip = body(coded);
        assert!(gzip.len() < plain.len(), "{path}");
        assert_eq!(inflated(&gzip).as_bytes(), plain, "{path}");
    }
}

#[test]
fn a_short_document_stays_plain() {
    let pages = Pages::new("{}", &PagesConfig::default());
    let response = get(&pages, "/openapi.json", &[(header::ACCEPT_ENCODING, "gzip")]);
    assert!(!response.headers().contains_key(header::CONTENT_ENCODING));
    assert_eq!(body(response), b"{}");
}

#[test]
fn head_has_the_headers_of_get_and_no_body() {
    let pages = pages();
    for path in pages.paths() {
        for lines in [&[][..], &[(header::ACCEPT_ENCODING, "gzip")]] {
            let of_get = get(&pages, path, lines);
            let of_head = pages.respond(&Method::HEAD, path, &headers(lines)).unwrap();
            assert_eq!(of_head.headers(), of_get.headers(), "{path}");
            assert!(body(of_head).is_empty());
        }
    }
}

#[test]
fn another_method_is_refused() {
    let response = pages().respond(&Method::POST, "/openapi.json", &HeaderMap::new()).unwrap();
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    check_header(&response, "allow", "GET, HEAD");
}

#[test]
fn without_a_document_there_is_no_page() {
    let config = PagesConfig { openapi_path: None, ..PagesConfig::default() };
    assert_eq!(Pages::new(document(), &config).paths().count(), 0);
    let config = PagesConfig { asyncapi_path: None, ..config };
    assert_eq!(Pages::with_channels(Bytes::new, Bytes::new, &config).paths().count(), 0);
}

#[test]
fn without_its_page_an_asset_is_not_served() {
    let config = PagesConfig { docs_path: None, redoc_path: None, ..PagesConfig::default() };
    assert_eq!(Pages::new(document(), &config).paths().collect::<Vec<_>>(), ["/openapi.json"]);
}

#[test]
fn a_path_without_its_slash_is_rooted() {
    let config = PagesConfig { openapi_path: Some("api.json".into()), ..PagesConfig::default() };
    get(&Pages::new(document(), &config), "/api.json", &[]);
}

#[cfg(feature = "docs-ui")]
mod interface {
    use std::collections::BTreeMap;

    use serde_json::{Map, Value, json};

    use super::*;
    use crate::documents::pages::OAuth2Client;

    fn text(pages: &Pages, path: &str) -> String {
        String::from_utf8(body(get(pages, path, &[]))).unwrap()
    }

    fn page(path: &str, config: &PagesConfig) -> String {
        text(&Pages::new(document(), config), path)
    }

    fn settings(page: &str) -> Value {
        let (_, rest) = page.split_once("id=\"settings\">").unwrap();
        serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
    }

    fn policy(path: &str, config: &PagesConfig) -> String {
        let response = get(&Pages::new(document(), config), path, &[]);
        response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned()
    }

    /// Those of an app with channels.
    fn pages_with_channels(config: &PagesConfig) -> Pages {
        Pages::with_channels(|| document().into(), || r#"{"asyncapi":"3.0.0"}"#.into(), config)
    }

    /// Every `href` and `src` of a page, and the URLs in its settings, as a browser resolves them.
    fn links(page: &str, page_url: &str) -> Vec<String> {
        let attributes = page.split("href=\"").skip(1).chain(page.split("src=\"").skip(1));
        let links = attributes.map(|rest| rest.split_once('"').unwrap().0.to_owned());
        let settings = settings(page);
        let named =
            ["document", "oauth2Redirect", "docs", "redoc"].map(|name| settings[name].as_str().map(str::to_owned));
        let links = links.filter(|link| !link.starts_with("data:")).chain(named.into_iter().flatten());
        links.map(|link| resolve(page_url, &link)).collect()
    }

    fn resolve(base: &str, relative: &str) -> String {
        let mut segments = base.split('/').collect::<Vec<_>>();
        segments.pop();
        for segment in relative.split('/') {
            match segment {
                "." => {}
                ".." => assert!(segments.pop().is_some()),
                other => segments.push(other),
            }
        }
        segments.join("/")
    }

    #[track_caller]
    fn check_links(config: &PagesConfig) {
        let pages = pages_with_channels(config);
        let html = |path: &&str| get(&pages, path, &[]).headers()[header::CONTENT_TYPE] == "text/html; charset=utf-8";
        for path in pages.paths().filter(html) {
            for prefix in ["", "/mounted", "/mounted/deep"] {
                for link in links(&text(&pages, path), &format!("{prefix}{path}")) {
                    let own = link.strip_prefix(prefix).unwrap();
                    assert!(pages.paths().any(|path| path == own), "{prefix}{path} refers to {link}");
                }
            }
        }
    }

    #[test]
    fn links_lead_to_paths_that_are_served_under_any_prefix() {
        let at = |openapi: &str, docs: &str, redoc: &str| PagesConfig {
            openapi_path: Some(openapi.into()),
            docs_path: Some(docs.into()),
            redoc_path: Some(redoc.into()),
            ..PagesConfig::default()
        };
        check_links(&PagesConfig::default());
        check_links(&at("/api/v1/openapi.json", "/", "/reference/"));
        check_links(&at("/openapi.json", "/a/b/c", "/a/redoc"));
        check_links(&at("/a:b/openapi.json", "/x:y", "/redoc"));
        let live = |asyncapi: &str, live: &str| PagesConfig {
            asyncapi_path: Some(asyncapi.into()),
            live_path: Some(live.into()),
            ..PagesConfig::default()
        };
        check_links(&live("/api/v1/asyncapi.json", "/"));
        check_links(&live("asyncapi.json", "/a/b/live/"));
        check_links(&PagesConfig { openapi_path: None, ..PagesConfig::default() });
        check_links(&PagesConfig { docs_path: None, ..PagesConfig::default() });
    }

    #[test]
    fn channels_are_below_what_the_page_is_below() {
        for (path, root) in [("/docs/live", "./../"), ("/live", "./"), ("/a/b/live/", "./../../../")] {
            let config = PagesConfig { live_path: Some(path.into()), ..PagesConfig::default() };
            assert_eq!(settings(&text(&pages_with_channels(&config), path))["root"], root, "{path}");
        }
    }

    #[test]
    fn the_page_of_channels_makes_no_markup_from_text() {
        let pages = pages_with_channels(&PagesConfig::default());
        for name in ["/live.", "/live-schema.", "/live-trial."] {
            let script = text(&pages, pages.paths().find(|path| path.contains(name) && path.ends_with(".js")).unwrap());
            assert!(!script.contains("innerHTML") && !script.contains("eval("), "{name}");
        }
        let response = get(&pages, "/docs/live", &[]);
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.ends_with("; connect-src 'self'; require-trusted-types-for 'script'"), "{policy}");
    }

    #[test]
    fn an_asset_is_immutable_under_a_path_with_its_checksum() {
        let pages = pages();
        let path = pages.paths().find(|path| path.starts_with("/docs/swagger-ui-bundle.")).unwrap();
        let checksum = path.strip_prefix("/docs/swagger-ui-bundle.").unwrap().strip_suffix(".js").unwrap();
        assert!(checksum.len() == 8 && checksum.bytes().all(|byte| byte.is_ascii_hexdigit()), "{checksum}");
        let response = get(&pages, path, &[]);
        check_header(&response, "cache-control", "public, max-age=31536000, immutable");
        check_header(&response, "content-type", "text/javascript; charset=utf-8");
    }

    #[test]
    fn the_assets_are_what_they_are_called_and_load_nothing() {
        let pages = pages_with_channels(&PagesConfig::default());
        let asset = |name: &str| text(&pages, pages.paths().find(|path| path.contains(name)).unwrap());
        assert!(asset("/swagger-ui-bundle.").contains("SwaggerUIBundle"));
        assert!(asset("/swagger-ui.").contains(".swagger-ui"));
        assert!(asset("/oauth2-redirect.").contains("swaggerUIRedirectOauth2"));
        assert!(asset("/swagger-start.").contains("SwaggerUIBundle("));
        assert!(asset("/redoc-start.").contains("Redoc.init("));
        let redoc = asset("/redoc.standalone.");
        assert!(redoc.contains("exports.Redoc=") && redoc.len() > 1_000_000);
        assert!(!redoc.contains("cdn.redoc.ly"));
        for path in pages.paths() {
            let text = text(&pages, path);
            assert!(!text.lines().last().unwrap().contains("sourceMappingURL"), "{path}");
        }
    }

    #[test]
    fn a_title_is_text() {
        let config = PagesConfig { title: "<b>\"R&D\"</title>'".into(), ..PagesConfig::default() };
        for path in ["/docs", "/redoc", "/docs/live"] {
            let page = text(&pages_with_channels(&config), path);
            assert!(page.contains("<title>&lt;b&gt;&quot;R&amp;D&quot;&lt;/title&gt;&#39; - "), "{page}");
        }
    }

    #[test]
    fn settings_cannot_end_their_block() {
        let hostile = "</script><!--<script>alert(1)</script>";
        let options = Map::from_iter([(hostile.to_owned(), hostile.into())]);
        let config = PagesConfig {
            oauth2: Some(OAuth2Client { client_id: hostile.into(), ..OAuth2Client::default() }),
            swagger_parameters: options.clone(),
            redoc_options: options.clone(),
            ..PagesConfig::default()
        };
        let swagger_ui = page("/docs", &config);
        assert!(!swagger_ui.contains("alert(1)</script>") && !swagger_ui.contains("<!--"), "{swagger_ui}");
        assert_eq!(settings(&swagger_ui)["oauth2"]["clientId"], hostile);
        assert_eq!(settings(&swagger_ui)["parameters"], Value::from(options.clone()));
        assert_eq!(settings(&page("/redoc", &config))["options"], Value::from(options));
    }

    #[test]
    fn the_oauth2_client_is_public() {
        let client = OAuth2Client {
            client_id: "kovar".into(),
            scopes: vec!["read".into()],
            query: BTreeMap::from([("audience".into(), "api".into())]),
        };
        let config = PagesConfig { oauth2: Some(client), persist_authorization: true, ..PagesConfig::default() };
        let settings = settings(&page("/docs", &config));
        let expected = json!({
            "clientId": "kovar",
            "scopes": ["read"],
            "additionalQueryStringParams": { "audience": "api" },
            "usePkceWithAuthorizationCodeGrant": true,
        });
        assert_eq!(settings["oauth2"], expected);
        assert_eq!(settings["parameters"], json!({ "persistAuthorization": true }));
    }

    #[test]
    fn a_policy_allows_no_inline_script_and_no_other_origin() {
        for path in ["/docs", "/docs/oauth2-redirect", "/redoc"] {
            let policy = policy(path, &PagesConfig::default());
            assert!(policy.starts_with("default-src 'none'; script-src 'self'; "), "{policy}");
            assert!(!policy.contains("unsafe-eval") && !policy.contains("http"), "{policy}");
        }
    }

    #[test]
    fn only_the_origins_that_are_named_join_the_policy() {
        let uris = [
            "https://id:secret@login.example/token?a=b",
            "/relative",
            "http://127.0.0.1:9000",
            "https://a;b/",
            "https://a,b/",
        ];
        let connect_to = uris.iter().filter_map(|uri| uri.parse().ok()).collect();
        let config = PagesConfig { connect_to, ..PagesConfig::default() };
        let policy = policy("/docs", &config);
        assert!(policy.ends_with("; connect-src 'self' https://login.example http://127.0.0.1:9000"), "{policy}");
    }
}
