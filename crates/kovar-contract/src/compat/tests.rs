use super::Severity::{self, Breaking, Safe};
use super::{Change, Code, compare};
use crate::json::parse;

fn changes(old: &str, new: &str) -> Vec<Change> {
    let read = |text| parse(text, 64).expect("the fixture is JSON");
    compare(&read(old), &read(new))
}

/// A document whose one operation takes this schema.
fn accepting(schema: &str, components: &str) -> String {
    let body = format!(r#"{{"content": {{"application/json": {{"schema": {schema}}}}}}}"#);
    document(&format!(r#"{{"/t": {{"post": {{"requestBody": {body}, "responses": {{}}}}}}}}"#), components)
}

/// A document whose one operation gives this schema with this status.
fn sending(status: &str, schema: &str, components: &str) -> String {
    let responses = format!(r#"{{"{status}": {{"content": {{"application/json": {{"schema": {schema}}}}}}}}}"#);
    document(&format!(r#"{{"/t": {{"post": {{"responses": {responses}}}}}}}"#), components)
}

fn document(paths: &str, components: &str) -> String {
    format!(r#"{{"openapi": "3.1.0", "paths": {paths}, "components": {{"schemas": {components}}}}}"#)
}

fn codes(changes: &[Change]) -> Vec<(Code, Severity)> {
    changes.iter().map(|change| (change.code, change.severity)).collect()
}

fn accepted(old: &str, new: &str) -> Vec<(Code, Severity)> {
    codes(&changes(&accepting(old, "{}"), &accepting(new, "{}")))
}

fn sent(old: &str, new: &str) -> Vec<(Code, Severity)> {
    codes(&changes(&sending("200", old, "{}"), &sending("200", new, "{}")))
}

/// The one change between two schemas, and its severity in both directions.
fn check(old: &str, new: &str, code: Code, in_requests: Severity, in_responses: Severity) {
    assert_eq!(accepted(old, new), [(code, in_requests)], "accepted: {old} became {new}");
    assert_eq!(sent(old, new), [(code, in_responses)], "sent: {old} became {new}");
}

/// A change that takes in less, and the same one backwards.
fn check_narrowing(wide: &str, narrow: &str, narrowing: Code, widening: Code) {
    check(wide, narrow, narrowing, Breaking, Safe);
    check(narrow, wide, widening, Safe, Breaking);
}

fn check_same(one: &str, other: &str) {
    for (old, new) in [(one, other), (other, one)] {
        assert_eq!(accepted(old, new), [], "{old} became {new}");
        assert_eq!(sent(old, new), [], "{old} became {new}");
    }
}

/// The changes of an operation, from the members that two versions of it have.
fn operation(old: &str, new: &str) -> Vec<(Code, Severity)> {
    let paths = |operation| document(&format!(r#"{{"/t": {{"post": {operation}}}}}"#), "{}");
    codes(&changes(&paths(old), &paths(new)))
}

#[test]
fn types() {
    check_narrowing(r#"{"type": "number"}"#, r#"{"type": "integer"}"#, Code::TypeNarrowed, Code::TypeWidened);
    check_narrowing(
        r#"{"type": ["string", "integer"]}"#,
        r#"{"type": "string"}"#,
        Code::TypeNarrowed,
        Code::TypeWidened,
    );
    check_narrowing("{}", r#"{"type": "string"}"#, Code::TypeNarrowed, Code::TypeWidened);
    check(r#"{"type": "string"}"#, r#"{"type": "integer"}"#, Code::TypeChanged, Breaking, Breaking);
    check(r#"{"type": "string"}"#, r#"{"type": "object"}"#, Code::TypeChanged, Breaking, Breaking);
}

#[test]
fn null() {
    let nullable = [
        r#"{"type": ["string", "null"]}"#,
        r#"{"anyOf": [{"type": "string"}, {"type": "null"}]}"#,
        r#"{"oneOf": [{"type": "null"}, {"type": "string"}]}"#,
    ];
    for schema in nullable {
        check_same(schema, nullable[0]);
        check_narrowing(schema, r#"{"type": "string"}"#, Code::NullableRemoved, Code::NullableAdded);
    }
    check_narrowing(r#"{"enum": ["a", null]}"#, r#"{"const": "a"}"#, Code::NullableRemoved, Code::NullableAdded);
}

#[test]
fn listed_values() {
    let (two, one) = (r#"{"enum": ["a", "b"]}"#, r#"{"type": "string", "const": "a"}"#);
    check_narrowing(two, one, Code::EnumValueRemoved, Code::EnumValueAdded);
    check_narrowing(r#"{"type": "string"}"#, one, Code::ValuesRestricted, Code::ValuesUnrestricted);
    check_same(two, r#"{"oneOf": [{"const": "b", "description": "B"}, {"const": "a"}]}"#);
}

#[test]
fn bounds() {
    let rules = [
        ("integer", r#""minimum": 1"#, r#""minimum": 2"#),
        ("integer", r#""maximum": 9223372036854775807"#, r#""maximum": 9223372036854775806"#),
        ("number", r#""minimum": 1"#, r#""exclusiveMinimum": 1"#),
        ("number", r#""exclusiveMaximum": 1e2"#, r#""exclusiveMaximum": 99.5"#),
        ("number", r#""multipleOf": 0.5"#, r#""multipleOf": 1.5"#),
        ("string", r#""maxLength": 100"#, r#""maxLength": 50"#),
        ("string", r#""minLength": 0"#, r#""minLength": 1"#),
        ("array", r#""maxItems": 3"#, r#""maxItems": 2"#),
        ("array", r#""uniqueItems": false"#, r#""uniqueItems": true"#),
        ("object", r#""minProperties": 1"#, r#""minProperties": 2"#),
    ];
    for (kind, loose, tight) in rules {
        let schema = |rule: &str| format!(r#"{{"type": "{kind}", {rule}}}"#);
        check_narrowing(&schema(loose), &schema(tight), Code::BoundTightened, Code::BoundLoosened);
        check_narrowing(&format!(r#"{{"type": "{kind}"}}"#), &schema(tight), Code::BoundTightened, Code::BoundLoosened);
    }
    check_same(r#"{"type": "integer", "exclusiveMinimum": 0}"#, r#"{"type": "integer", "minimum": 1}"#);
    check_same(r#"{"type": "string", "minLength": 0}"#, r#"{"type": "string"}"#);
}

#[test]
fn texts() {
    let text = |rule: &str| format!(r#"{{"type": "string"{rule}}}"#);
    let (plain, uuid) = (text(""), text(r#", "format": "uuid""#));
    check_narrowing(&plain, &uuid, Code::FormatNarrowed, Code::FormatWidened);
    check(&uuid, &text(r#", "format": "date""#), Code::FormatChanged, Breaking, Breaking);
    check_narrowing(&plain, &text(r#", "pattern": "a""#), Code::PatternAdded, Code::PatternRemoved);
    check(&text(r#", "pattern": "a""#), &text(r#", "pattern": "b""#), Code::PatternChanged, Breaking, Breaking);
    check(&plain, &text(r#", "contentEncoding": "base64""#), Code::FormatChanged, Breaking, Breaking);
    let integer = |format| format!(r#"{{"type": "integer", "format": "{format}"}}"#);
    check_narrowing(&integer("int64"), &integer("int32"), Code::FormatNarrowed, Code::FormatWidened);
}

#[test]
fn properties() {
    let object =
        |properties: &str, rest: &str| format!(r#"{{"type": "object", "properties": {{{properties}}}{rest}}}"#);
    let (a, b) = (r#""a": {"type": "string"}"#, r#", "b": {}"#);
    let (only_a, both) = (object(a, ""), object(&(a.to_owned() + b), ""));
    let requires_a = object(a, r#", "required": ["a"]"#);
    let requires_b = object(&(a.to_owned() + b), r#", "required": ["b"]"#);
    check_narrowing(&only_a, &requires_a, Code::PropertyBecameRequired, Code::PropertyBecameOptional);
    check(&only_a, &both, Code::PropertyAdded, Safe, Safe);
    check(&both, &only_a, Code::PropertyRemoved, Safe, Breaking);
    check(&only_a, &requires_b, Code::RequiredPropertyAdded, Breaking, Safe);
    let closed = |properties: &str| object(properties, r#", "additionalProperties": false"#);
    let (closed_a, closed_both) = (closed(a), closed(&(a.to_owned() + b)));
    assert_eq!(accepted(&closed_both, &closed_a), [(Code::PropertyRefused, Breaking)]);
    assert_eq!(sent(&closed_both, &closed_a), [(Code::PropertyRemoved, Breaking)]);
    check(&only_a, &closed_a, Code::UnknownRefused, Breaking, Safe);
    check(&closed_a, &only_a, Code::UnknownAllowed, Safe, Safe);
}

#[test]
fn properties_of_one_direction() {
    let object = |flag: &str| format!(r#"{{"type": "object", "properties": {{"a": {{"type": "string"{flag}}}}}}}"#);
    let (plain, read_only, write_only) =
        (object(""), object(r#", "readOnly": true"#), object(r#", "writeOnly": true"#));
    assert_eq!(accepted(&plain, &read_only), [(Code::PropertyRemoved, Safe)]);
    assert_eq!(sent(&plain, &read_only), []);
    assert_eq!(accepted(&plain, &write_only), []);
    assert_eq!(sent(&plain, &write_only), [(Code::PropertyRemoved, Breaking)]);
}

#[test]
fn maps_arrays_and_tuples() {
    let map = |value: &str| format!(r#"{{"type": "object", "additionalProperties": {value}}}"#);
    check_narrowing(
        &map(r#"{"type": "number"}"#),
        &map(r#"{"type": "integer"}"#),
        Code::TypeNarrowed,
        Code::TypeWidened,
    );
    check_narrowing(&map("true"), &map(r#"{"type": "integer"}"#), Code::TypeNarrowed, Code::TypeWidened);
    let keyed = |names: &str| format!(r#"{{"type": "object", "propertyNames": {names}}}"#);
    check_narrowing(
        &keyed(r#"{"enum": ["a", "b"]}"#),
        &keyed(r#"{"enum": ["a"]}"#),
        Code::EnumValueRemoved,
        Code::EnumValueAdded,
    );
    check_narrowing(&keyed("{}"), &keyed(r#"{"pattern": "a"}"#), Code::PatternAdded, Code::PatternRemoved);
    let list = |item: &str| format!(r#"{{"type": "array", "items": {item}}}"#);
    check_narrowing(
        &list(r#"{"enum": [1, 2]}"#),
        &list(r#"{"enum": [1]}"#),
        Code::EnumValueRemoved,
        Code::EnumValueAdded,
    );
    let tuple = |items: &str| format!(r#"{{"type": "array", "prefixItems": [{items}]}}"#);
    check(&tuple("{}, {}"), &tuple("{}"), Code::TupleChanged, Breaking, Breaking);
    check_narrowing(&tuple("{}"), &tuple(r#"{"type": "null"}"#), Code::TypeNarrowed, Code::TypeWidened);
}

#[test]
fn unions_are_paired_by_tag_whatever_their_order() {
    let member = |tag: &str, rest: &str| {
        format!(
            r#"{{"type": "object", "properties": {{"kind": {{"const": "{tag}"}}, "n": {{{rest}}}}}, "required": ["kind"]}}"#
        )
    };
    let union = |members: &[String]| format!(r#"{{"oneOf": [{}]}}"#, members.join(","));
    let (cat, dog, fox) = (member("cat", ""), member("dog", ""), member("fox", ""));
    check_same(&union(&[cat.clone(), dog.clone()]), &union(&[dog.clone(), cat.clone()]));
    check_narrowing(
        &union(&[cat.clone(), fox.clone(), dog.clone()]),
        &union(&[dog.clone(), cat.clone()]),
        Code::UnionMemberRemoved,
        Code::UnionMemberAdded,
    );
    let unit = |tag: &str| format!(r#"{{"properties": {{"kind": {{"const": "{tag}"}}}}, "required": ["kind"]}}"#);
    check_narrowing(
        &union(&[unit("cat"), unit("dog")]),
        &union(&[unit("dog")]),
        Code::UnionMemberRemoved,
        Code::UnionMemberAdded,
    );
    let picky = member("cat", r#""type": "string""#);
    check_narrowing(
        &union(&[cat.clone(), dog.clone()]),
        &union(&[dog.clone(), picky]),
        Code::TypeNarrowed,
        Code::TypeWidened,
    );
    let replaced = accepted(&union(&[cat.clone(), dog]), &union(&[cat, fox]));
    assert_eq!(replaced, [(Code::UnionMemberRemoved, Breaking), (Code::UnionMemberAdded, Safe)]);
}

#[test]
fn unions_tagged_from_outside_are_paired_by_their_one_property() {
    let member = |name: &str, kind: &str| {
        format!(
            r#"{{"type": "object", "properties": {{"{name}": {{"type": "{kind}"}}}}, "required": ["{name}"], "additionalProperties": false}}"#
        )
    };
    let two = format!(r#"{{"oneOf": [{}, {}]}}"#, member("card", "integer"), member("cash", "string"));
    let three = format!(
        r#"{{"oneOf": [{}, {}, {}]}}"#,
        member("coin", "string"),
        member("cash", "string"),
        member("card", "number")
    );
    assert_eq!(sent(&two, &three), [(Code::UnionMemberAdded, Breaking), (Code::TypeWidened, Breaking)]);
    assert_eq!(accepted(&two, &three), [(Code::UnionMemberAdded, Safe), (Code::TypeWidened, Safe)]);
}

#[test]
fn discriminators() {
    let union = |property: &str, tag: &str| {
        format!(
            r##"{{"oneOf": [{{"type": "object"}}], "discriminator": {{"propertyName": "{property}", "mapping": {{"{tag}": "#/x"}}}}}}"##
        )
    };
    check(&union("kind", "cat"), &union("type", "cat"), Code::DiscriminatorChanged, Breaking, Breaking);
    check(&union("kind", "cat"), &union("kind", "feline"), Code::DiscriminatorChanged, Breaking, Breaking);
}

#[test]
fn what_is_written_otherwise_is_the_same() {
    check_same(
        r#"{"allOf": [{"type": "object", "properties": {"a": {}}}, {"properties": {"b": {}}, "required": ["a"]}]}"#,
        r#"{"type": "object", "properties": {"b": {}, "a": {}}, "required": ["a"]}"#,
    );
    check_same(
        r#"{"type": "string", "maxLength": 5}"#,
        r#"{"allOf": [{"type": "string", "maxLength": 9}], "maxLength": 5}"#,
    );
    check_same(r#"{"type": "string"}"#, r#"{"type": "string", "title": "T", "description": "D", "examples": ["e"]}"#);
}

#[test]
fn rules_that_cannot_be_ordered_break() {
    check(r#"{"not": {"const": 1}}"#, r#"{"not": {"const": 2}}"#, Code::RuleChanged, Breaking, Breaking);
}

#[test]
fn defaults_and_deprecation() {
    let property = |rest: &str| format!(r#"{{"properties": {{"a": {{"type": "integer"{rest}}}}}}}"#);
    check(&property(r#", "default": 1"#), &property(r#", "default": 2"#), Code::DefaultChanged, Breaking, Safe);
    check(&property(r#", "default": 1"#), &property(""), Code::DefaultChanged, Breaking, Safe);
    check(&property(""), &property(r#", "default": 2"#), Code::DefaultAdded, Safe, Safe);
    check(&property(""), &property(r#", "deprecated": true"#), Code::Deprecated, Safe, Safe);
}

#[test]
fn recursion_ends() {
    let tree = |value: &str| {
        format!(
            r##"{{"Tree": {{"type": "object", "properties": {{"value": {{"type": "{value}"}}, "children": {{"type": "array", "items": {{"$ref": "#/components/schemas/Tree"}}}}}}}}}}"##
        )
    };
    let inline = r##"{"type": "object", "properties": {"value": {"type": "string"}, "children": {"items": {"properties": {"children": {"items": {"$ref": "#/components/schemas/Tree"}}, "value": {"type": "string"}}}}}}"##;
    let reference = r##"{"$ref": "#/components/schemas/Tree"}"##;
    let sending = |schema, value| sending("200", schema, &tree(value));
    assert_eq!(
        codes(&changes(&sending(reference, "string"), &sending(reference, "number"))),
        [(Code::TypeChanged, Breaking)]
    );
    // The same tree, once unrolled by a step that is out of tune with the recursion.
    assert_eq!(changes(&sending(reference, "string"), &sending(inline, "string")), []);
    assert_eq!(changes(&sending(inline, "string"), &sending(reference, "string")), []);
    let endless = r##"{"A": {"$ref": "#/components/schemas/B"}, "B": {"anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "string"}]}}"##;
    let changed = endless.replace("string", "null");
    let document_with = |components: &str| self::sending("200", r##"{"$ref": "#/components/schemas/A"}"##, components);
    changes(&document_with(endless), &document_with(&changed));
}

#[test]
fn a_union_that_explodes_is_compared_as_text() {
    let part = r#"{"oneOf": [{"required": ["a"]}, {"required": ["b"]}, {"required": ["c"]}, {"required": ["d"]}]}"#;
    let schema = |maximum: u8| format!(r#"{{"maxProperties": {maximum}, "allOf": [{}]}}"#, [part; 8].join(","));
    check(&schema(1), &schema(2), Code::RuleChanged, Breaking, Breaking);
    check_same(&schema(1), &schema(1));
}

#[test]
fn a_change_of_a_component_is_one_change_with_all_its_operations() {
    let paths = r##"{
        "/one": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/P"}}}}}}},
        "/all": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {"items": {"$ref": "#/components/schemas/P"}}}}}}}}
    }"##;
    let product = |properties: &str| document(paths, &format!(r#"{{"P": {{"properties": {{{properties}}}}}}}"#));
    let changes =
        changes(&product(r#""price": {"type": "string"}, "a/b": {}"#), &product(r#""price": {"type": "number"}"#));
    let [price, gone] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!(price.message, "`P.price`: is number, was string");
    assert_eq!(price.pointer, "#/components/schemas/P/properties/price");
    assert_eq!(price.operations, ["GET /one", "GET /all"]);
    assert_eq!(gone.message, "`P.a/b`: is gone");
    assert_eq!(gone.pointer, "#/components/schemas/P/properties/a~1b");
    assert_eq!(
        price.to_string(),
        "breaking type-changed: `P.price`: is number, was string\n  at #/components/schemas/P/properties/price\n  in GET /one, GET /all",
    );
}

#[test]
fn operations() {
    let paths =
        |path: &str, id: &str| document(&format!(r#"{{"{path}": {{"get": {{"operationId": "{id}"}}}}}}"#), "{}");
    let moved = changes(&paths("/a", "get_a"), &paths("/b", "get_a"));
    assert_eq!(codes(&moved), [(Code::OperationRemoved, Breaking), (Code::OperationAdded, Safe)]);
    assert_eq!(moved[0].message, "is gone: `get_a` is GET /b now");
    assert_eq!(codes(&changes(&paths("/a", "one"), &paths("/a", "two"))), [(Code::OperationIdChanged, Breaking)]);
    assert_eq!(operation("{}", r#"{"deprecated": true, "summary": "S", "tags": ["t"]}"#), [(Code::Deprecated, Safe)]);
}

#[test]
fn a_renamed_path_parameter_is_the_same_url() {
    let paths = |name: &str, kind: &str| {
        let parameter =
            format!(r#"{{"name": "{name}", "in": "path", "required": true, "schema": {{"type": "{kind}"}}}}"#);
        document(&format!(r#"{{"/a/{{{name}}}/b": {{"parameters": [{parameter}], "get": {{}}}}}}"#), "{}")
    };
    assert_eq!(codes(&changes(&paths("id", "string"), &paths("a_id", "string"))), [(Code::PathParameterRenamed, Safe)]);
    let both = codes(&changes(&paths("id", "number"), &paths("a_id", "integer")));
    assert_eq!(both, [(Code::PathParameterRenamed, Safe), (Code::TypeNarrowed, Breaking)]);
}

#[test]
fn parameters() {
    let with = |parameters: &str| format!(r#"{{"parameters": [{parameters}]}}"#);
    let query = |rest: &str| format!(r#"{{"name": "q", "in": "query", "schema": {{"type": "array"}}{rest}}}"#);
    let (none, optional, required) = (with(""), with(&query("")), with(&query(r#", "required": true"#)));
    assert_eq!(operation(&none, &optional), [(Code::ParameterAdded, Safe)]);
    assert_eq!(operation(&none, &required), [(Code::RequiredParameterAdded, Breaking)]);
    assert_eq!(operation(&optional, &none), [(Code::ParameterRemoved, Breaking)]);
    assert_eq!(operation(&optional, &required), [(Code::ParameterBecameRequired, Breaking)]);
    assert_eq!(operation(&required, &optional), [(Code::ParameterBecameOptional, Safe)]);
    let comma = with(&query(r#", "explode": false"#));
    assert_eq!(operation(&optional, &comma), [(Code::SerializationChanged, Breaking)]);
    assert_eq!(operation(&optional, &with(&query(r#", "style": "form", "explode": true"#))), []);
    let header = |name: &str| with(&format!(r#"{{"name": "{name}", "in": "header"}}"#));
    assert_eq!(operation(&header("X-A"), &header("x-a")), []);
}

#[test]
fn bodies() {
    let body = |rest: &str, media: &str| format!(r#"{{"requestBody": {{"content": {{"{media}": {{}}}}{rest}}}}}"#);
    let (optional, required) = (body("", "application/json"), body(r#", "required": true"#, "application/json"));
    assert_eq!(operation("{}", &optional), [(Code::BodyAdded, Safe)]);
    assert_eq!(operation("{}", &required), [(Code::RequiredBodyAdded, Breaking)]);
    assert_eq!(operation(&optional, "{}"), [(Code::BodyRemoved, Breaking)]);
    assert_eq!(operation(&optional, &required), [(Code::BodyBecameRequired, Breaking)]);
    assert_eq!(operation(&required, &optional), [(Code::BodyBecameOptional, Safe)]);
    let other = operation(&optional, &body("", "text/csv"));
    assert_eq!(other, [(Code::MediaTypeRemoved, Breaking), (Code::MediaTypeAdded, Safe)]);
}

#[test]
fn statuses_and_headers() {
    let responses = |list: &str| format!(r#"{{"responses": {{{list}}}}}"#);
    let ok = responses(r#""200": {}"#);
    assert_eq!(operation(&ok, &responses(r#""200": {}, "202": {}"#)), [(Code::SuccessStatusAdded, Breaking)]);
    assert_eq!(operation(&ok, &responses(r#""200": {}, "429": {}"#)), [(Code::ErrorStatusAdded, Safe)]);
    assert_eq!(operation(&responses(r#""200": {}, "404": {}"#), &ok), [(Code::ErrorStatusRemoved, Safe)]);
    let created = operation(&ok, &responses(r#""201": {}"#));
    assert_eq!(created, [(Code::SuccessStatusRemoved, Breaking), (Code::SuccessStatusAdded, Breaking)]);
    assert_eq!(
        operation(&responses(r#""200": {}, "404": {}"#), &responses(r#""200": {}, "default": {}"#)),
        [(Code::ErrorStatusAdded, Safe)]
    );
    let header = |rest: &str| {
        responses(&format!(r#""200": {{"headers": {{"ETag": {{"schema": {{"type": "string"}}{rest}}}}}}}"#))
    };
    assert_eq!(operation(&ok, &header("")), [(Code::HeaderAdded, Safe)]);
    assert_eq!(operation(&header(""), &ok), [(Code::HeaderRemoved, Breaking)]);
    assert_eq!(operation(&header(r#", "required": true"#), &header("")), [(Code::HeaderBecameOptional, Breaking)]);
}

#[test]
fn a_new_problem_of_a_known_status_is_safe_and_a_new_member_of_a_success_is_not() {
    let problem = |name: &str| {
        format!(r#"{{"type": "object", "properties": {{"type": {{"const": "{name}"}}, "code": {{"enum": [1]}}}}}}"#)
    };
    let (one, both) = (problem("a"), format!(r#"{{"oneOf": [{}, {}]}}"#, problem("a"), problem("b")));
    let with =
        |status: &str, old: &str, new: &str| codes(&changes(&sending(status, old, "{}"), &sending(status, new, "{}")));
    assert_eq!(with("404", &one, &both), [(Code::ProblemAdded, Safe)]);
    assert_eq!(with("default", &one, &both), [(Code::ProblemAdded, Safe)]);
    assert_eq!(with("404", &both, &one), [(Code::UnionMemberRemoved, Safe)]);
    assert_eq!(with("200", &one, &both), [(Code::UnionMemberAdded, Breaking)]);
    let listed = one.replace(r#"{"const": "a"}"#, r#"{"enum": ["a", "b"]}"#);
    assert_eq!(with("404", &one, &listed), [(Code::ProblemAdded, Safe)]);
    assert_eq!(with("404", &one, &one.replace("[1]", "[1, 2]")), [(Code::EnumValueAdded, Breaking)]);
}

#[test]
fn security() {
    let paths = |security: &str, header: &str| {
        format!(
            r#"{{"paths": {{"/t": {{"get": {{"security": {security}}}}}}}, "components": {{"securitySchemes": {{
                "key": {{"type": "apiKey", "in": "header", "name": "{header}", "description": "D"}},
                "oauth": {{"type": "oauth2", "flows": {{"clientCredentials": {{"tokenUrl": "/t", "scopes": {{"{header}": ""}}}}}}}}
            }}}}}}"#
        )
    };
    let compare = |old: &str, new: &str| codes(&changes(&paths(old, "K"), &paths(new, "K")));
    let tightened = [(Code::SecurityTightened, Breaking)];
    let relaxed = [(Code::SecurityRelaxed, Safe)];
    let (key, read, write) = (r#"[{"key": []}]"#, r#"[{"oauth": ["read"]}]"#, r#"[{"oauth": ["read", "write"]}]"#);
    assert_eq!(compare("[]", key), tightened);
    assert_eq!(compare(key, "[]"), relaxed);
    assert_eq!(compare(key, read), tightened);
    assert_eq!(compare(read, write), tightened);
    assert_eq!(compare(write, read), relaxed);
    assert_eq!(compare(key, r#"[{"key": []}, {"oauth": []}]"#), relaxed);
    assert_eq!(compare(key, r#"[{"key": [], "oauth": []}]"#), tightened);
    assert_eq!(compare("[]", "[{}]"), []);
    assert_eq!(codes(&changes(&paths(key, "K"), &paths(key, "Other"))), tightened);
    assert_eq!(changes(&paths(read, "K"), &paths(read, "Other")), []);
}

#[test]
fn webhooks_and_callbacks_turn_the_direction() {
    let body =
        |schema: &str| format!(r#"{{"requestBody": {{"content": {{"application/json": {{"schema": {schema}}}}}}}}}"#);
    let webhook = |schema: &str| format!(r#"{{"webhooks": {{"paid": {{"post": {}}}}}}}"#, body(schema));
    let callback = |schema: &str| {
        let callbacks = format!(r#"{{"paid": {{"{{$request.body#/url}}": {{"post": {}}}}}}}"#, body(schema));
        document(&format!(r#"{{"/t": {{"post": {{"callbacks": {callbacks}}}}}}}"#), "{}")
    };
    let (one, two) = (r#"{"enum": ["a"]}"#, r#"{"enum": ["a", "b"]}"#);
    for (old, new, name) in [
        (webhook(one), webhook(two), "webhook POST paid"),
        (callback(one), callback(two), "POST /t, callback POST {$request.body#/url}"),
    ] {
        let found = changes(&old, &new);
        assert_eq!(codes(&found), [(Code::EnumValueAdded, Breaking)]);
        assert_eq!(found[0].operations, [name]);
        assert_eq!(codes(&changes(&new, &old)), [(Code::EnumValueRemoved, Safe)]);
    }
    assert_eq!(codes(&changes(&webhook(one), "{}")), [(Code::OperationRemoved, Breaking)]);
}

#[test]
fn streams_are_compared_by_their_items() {
    let stream = |item: &str| {
        let media = format!(r#"{{"itemSchema": {item}, "schema": {{"type": "string"}}}}"#);
        format!(r#"{{"responses": {{"200": {{"content": {{"text/event-stream": {media}}}}}}}}}"#)
    };
    assert_eq!(
        operation(&stream(r#"{"const": 1}"#), &stream(r#"{"enum": [1, 2]}"#)),
        [(Code::EnumValueAdded, Breaking)]
    );
}

#[test]
fn references_to_shared_parts_are_followed() {
    let shared = |kind: &str| {
        format!(
            r##"{{"paths": {{"/t": {{"$ref": "#/components/pathItems/T"}}}}, "components": {{
                "pathItems": {{"T": {{"post": {{"parameters": [{{"$ref": "#/components/parameters/Q"}}],
                    "requestBody": {{"$ref": "#/components/requestBodies/B"}},
                    "responses": {{"200": {{"$ref": "#/components/responses/R"}}}}}}}}}},
                "parameters": {{"Q": {{"name": "q", "in": "query", "schema": {{"type": "{kind}"}}}}}},
                "requestBodies": {{"B": {{"content": {{"application/json": {{"schema": {{"type": "{kind}"}}}}}}}}}},
                "responses": {{"R": {{"content": {{"application/json": {{"schema": {{"type": "{kind}"}}}}}}}}}}
            }}}}"##
        )
    };
    let found = changes(&shared("integer"), &shared("number"));
    let expected = [(Code::TypeWidened, Safe), (Code::TypeWidened, Safe), (Code::TypeWidened, Breaking)];
    assert_eq!(codes(&found), expected);
}

#[test]
fn strange_documents_do_not_panic() {
    let strange = [
        "null",
        "[]",
        "{}",
        r#"{"paths": []}"#,
        r#"{"paths": {"/{": {"get": 1}}}"#,
        r#"{"paths": {"/a": {"get": {"parameters": [{"in": "path", "name": "x"}], "responses": {"é": {}}}}}}"#,
        r##"{"paths": {"/a": {"get": {"requestBody": {"$ref": "#/paths/~1a/get/requestBody"}}}}}"##,
        r##"{"paths": {"/a": {"get": {"responses": {"200": {"content": {"%": {"schema": {"$ref": "#/missing%2"}}}}}}}}}"##,
    ];
    for old in strange {
        for new in strange {
            changes(old, new);
        }
    }
}

#[test]
fn a_document_equals_itself() {
    let shop = include_str!("../../tests/golden/typescript/shop.json");
    assert_eq!(changes(shop, shop), []);
}

#[test]
fn codes_are_distinct_and_spelt_alike() {
    let mut names: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Code::ALL.len());
}
