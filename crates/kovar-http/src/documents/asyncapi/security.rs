//! Security of channels.

use std::collections::BTreeMap;

use kovar_contract::json::{Object, Value};

use crate::describe::Signature;
use crate::documents::openapi::security;
use crate::documents::parts::DocumentedOperation;
use crate::security::{Flow, SchemeDeclaration, SchemeKind};

/// The schemes that the channels use, by name.
pub(super) fn schemes<'o>(channels: impl Iterator<Item = &'o DocumentedOperation>) -> Object<'static> {
    let schemes = channels.flat_map(|channel| &channel.signature.schemes);
    let schemes: BTreeMap<_, _> = schemes.map(|scheme| (scheme.name, scheme_json(scheme))).collect();
    schemes.into_iter().collect()
}

/// What an operation says of it, under which key.
///
/// AsyncAPI knows alternatives of one scheme each. That two are needed at once, that none is needed, or scopes of a
/// scheme that has none in AsyncAPI, stand in OpenAPI's form.
pub(super) fn requirements(signature: &Signature) -> Option<(&'static str, Value<'static>)> {
    let ways = security::requirements(&signature.security)?;
    let alternatives: Option<Vec<_>> = ways.iter().map(|way| alternative(way, &signature.schemes)).collect();
    match alternatives {
        Some(alternatives) => Some(("security", alternatives.into())),
        None => Some(("x-security", ways.into())),
    }
}

fn alternative(way: &Object<'static>, schemes: &[SchemeDeclaration]) -> Option<Object<'static>> {
    let mut needed = way.iter();
    let (Some((name, scopes)), None) = (needed.next(), needed.next()) else { return None };
    if scopes.as_array().is_some_and(<[_]>::is_empty) {
        return Some(Object::new().with("$ref", format!("#/components/securitySchemes/{name}")));
    }
    let scheme = scheme_json(schemes.iter().find(|scheme| scheme.name == name)?);
    let has_scopes = matches!(scheme.get("type").and_then(Value::as_str), Some("oauth2" | "openIdConnect"));
    has_scopes.then(|| scheme.with("scopes", scopes.clone()))
}

/// AsyncAPI takes no relative URL: where one is meant, what is left to say is how the token is sent.
fn scheme_json(scheme: &SchemeDeclaration) -> Object<'static> {
    let http = |name: &'static str| Object::new().with("type", "http").with("scheme", name);
    let key = |place: &'static str, name: &'static str| {
        Object::new().with("type", "httpApiKey").with("in", place).with("name", name)
    };
    let json = match &scheme.kind {
        SchemeKind::Bearer(format) => http("bearer").with_some("bearerFormat", *format),
        SchemeKind::Basic => http("basic"),
        SchemeKind::ApiKeyHeader(field) => key("header", field),
        SchemeKind::ApiKeyQuery(parameter) => key("query", parameter),
        SchemeKind::ApiKeyCookie(cookie) => key("cookie", cookie),
        SchemeKind::OAuth2(flows) if flows.iter().all(is_absolute) => {
            let flows: Object<'static> = flows.iter().map(|flow| (flow.kind, flow_json(flow))).collect();
            Object::new().with("type", "oauth2").with("flows", flows)
        }
        SchemeKind::OpenIdConnect(url) if super::is_absolute(url) => {
            Object::new().with("type", "openIdConnect").with("openIdConnectUrl", url.clone())
        }
        SchemeKind::OAuth2(_) | SchemeKind::OpenIdConnect(_) => http("bearer"),
    };
    json.with_some("description", scheme.description.clone())
}

fn is_absolute(flow: &Flow) -> bool {
    super::is_absolute(&flow.token_url) && flow.authorization_url.as_deref().is_none_or(super::is_absolute)
}

fn flow_json(flow: &Flow) -> Object<'static> {
    let scopes: Object<'static> = flow.scopes.iter().copied().collect();
    Object::new()
        .with_some("authorizationUrl", flow.authorization_url.clone())
        .with("tokenUrl", flow.token_url.clone())
        .with("availableScopes", scopes)
}
