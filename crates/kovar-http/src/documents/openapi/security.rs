//! Security of the document.

use std::collections::BTreeMap;

use kovar_contract::json::{Object, Value};

use crate::documents::parts::DocumentedOperation;
use crate::security::{Flow, Requirement, SchemeDeclaration, SchemeKind};

/// The schemes that the operations use, by name.
pub(super) fn schemes<'o>(operations: impl Iterator<Item = &'o DocumentedOperation>) -> Object<'static> {
    let mut schemes = BTreeMap::new();
    for operation in operations.filter(|operation| !operation.about.is_hidden) {
        let callbacks = operation.callbacks.iter().flat_map(|(_, _, callback)| &callback.signature.schemes);
        for scheme in operation.signature.schemes.iter().chain(callbacks) {
            schemes.insert(scheme.name, scheme_json(scheme));
        }
    }
    schemes.into_iter().collect()
}

/// All of the requirements at once: each way of choosing one alternative of each.
pub(in crate::documents) fn requirements(required: &[Vec<Requirement>]) -> Option<Vec<Object<'static>>> {
    if required.is_empty() {
        return None;
    }
    let mut ways = vec![Object::new()];
    for alternatives in required {
        ways = ways.iter().flat_map(|way| alternatives.iter().map(|one| with_requirement(way.clone(), one))).collect();
    }
    Some(ways)
}

fn with_requirement(mut way: Object<'static>, requirement: &Requirement) -> Object<'static> {
    if requirement.scheme.is_empty() {
        return way;
    }
    let scopes = requirement.scopes.iter().map(|scope| Value::from(*scope));
    match way.get_mut(requirement.scheme) {
        Some(Value::Array(known)) => {
            for scope in scopes {
                if !known.contains(&scope) {
                    known.push(scope);
                }
            }
        }
        _ => way.push(requirement.scheme, scopes.collect::<Vec<_>>()),
    }
    way
}

fn scheme_json(scheme: &SchemeDeclaration) -> Object<'static> {
    let http = |name: &'static str| Object::new().with("type", "http").with("scheme", name);
    let key = |place: &'static str, name: &'static str| {
        Object::new().with("type", "apiKey").with("in", place).with("name", name)
    };
    let json = match &scheme.kind {
        SchemeKind::Bearer(format) => http("bearer").with_some("bearerFormat", *format),
        SchemeKind::Basic => http("basic"),
        SchemeKind::ApiKeyHeader(field) => key("header", field),
        SchemeKind::ApiKeyQuery(parameter) => key("query", parameter),
        SchemeKind::ApiKeyCookie(cookie) => key("cookie", cookie),
        SchemeKind::OAuth2(flows) => {
            let flows: Object<'static> = flows.iter().map(|flow| (flow.kind, flow_json(flow))).collect();
            Object::new().with("type", "oauth2").with("flows", flows)
        }
        SchemeKind::OpenIdConnect(url) => {
            Object::new().with("type", "openIdConnect").with("openIdConnectUrl", url.clone())
        }
    };
    json.with_some("description", scheme.description.clone())
}

fn flow_json(flow: &Flow) -> Object<'static> {
    let scopes: Object<'static> = flow.scopes.iter().copied().collect();
    Object::new()
        .with_some("authorizationUrl", flow.authorization_url.clone())
        .with("tokenUrl", flow.token_url.clone())
        .with("scopes", scopes)
}
