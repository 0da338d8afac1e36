use super::{Error, File, client};
use crate::json::{Value, parse};

const SHOP: &str = include_str!("../../tests/golden/typescript/shop.json");
const CHAT: &str = include_str!("../../tests/golden/live/chat.json");

fn document(text: &str) -> Value<'_> {
    parse(text, 64).expect("the fixture is JSON")
}

/// The two files of a document with these components and paths.
fn files(components: &str, paths: &str) -> Result<Vec<File>, Error> {
    let text = format!(
        r#"{{"openapi": "3.1.0", "info": {{"title": "T", "version": "1"}}, "paths": {paths}, "components": {components}}}"#
    );
    client(&document(&text))
}

fn check_type(schema: &str, expected: &str) {
    let types = files(&format!(r#"{{"schemas": {{"T": {schema}}}}}"#), "{}").expect(schema)[0].text.clone();
    assert!(types.ends_with(&format!("\n\n{expected}\n")), "{schema} became:\n{types}");
}

/// Compares with the golden file, which tsc compiles and Node runs; `KOVAR_BLESS=1` writes it.
fn check_golden(folder: &str, file: &File) {
    let path = format!("{}/tests/golden/{folder}/{}", env!("CARGO_MANIFEST_DIR"), file.name);
    if std::env::var_os("KOVAR_BLESS").is_some() {
        std::fs::write(&path, &file.text).expect("the golden file can be written");
    }
    let golden = std::fs::read_to_string(&path).expect("the golden file is there");
    assert!(golden == file.text, "{path} differs: look at it with KOVAR_BLESS=1 and `git diff`");
}

#[test]
fn the_shop_client_is_the_golden_one() {
    let files = client(&document(SHOP)).expect("the shop has a client");
    assert_eq!(files.len(), 2, "it has no channels");
    files.iter().for_each(|file| check_golden("typescript", file));
}

#[test]
fn the_chat_client_is_the_golden_one() {
    let files = client(&document(CHAT)).expect("the chat has a client");
    assert_eq!(files.len(), 3);
    files.iter().for_each(|file| check_golden("live", file));
}

#[test]
fn channels_are_no_operations_and_those_without_a_contract_are_left_out() {
    let files = client(&document(CHAT)).expect("the chat has a client");
    let (operations, channels) = (&files[1].text, &files[2].text);
    assert!(operations.contains("readonly rooms: ") && !operations.contains("readonly room: "), "{operations}");
    assert!(channels.contains("readonly room: ") && channels.contains("readonly clock: "), "{channels}");
    assert!(!operations.contains("echo") && !channels.contains("echo"));
}

#[test]
fn where_a_client_was_is_no_input() {
    let files = client(&document(CHAT)).expect("the chat has a client");
    assert!(!files[2].text.contains("  at?: "), "{}", files[2].text);
}

#[test]
fn the_same_document_gives_the_same_text() {
    assert_eq!(client(&document(SHOP)), client(&document(SHOP)));
}

#[test]
fn plain_types() {
    check_type(r#"{"type": "string"}"#, "export type T = string;");
    check_type(r#"{"type": "integer", "format": "int64"}"#, "export type T = number;");
    check_type(r#"{"type": "boolean"}"#, "export type T = boolean;");
    check_type(r#"{"type": "null"}"#, "export type T = null;");
    check_type("true", "export type T = unknown;");
    check_type("false", "export type T = never;");
    check_type("{}", "export type T = unknown;");
}

#[test]
fn literals() {
    check_type(r#"{"const": "a\"b"}"#, r#"export type T = "a\"b";"#);
    check_type(r#"{"enum": ["a", 1, -2.5, true, null]}"#, r#"export type T = "a" | 1 | -2.5 | true | null;"#);
    check_type(r#"{"const": {"a": [1]}}"#, "export interface T {\n  a: [1];\n}");
    check_type(r#"{"const": 9007199254740993}"#, "export type T = number;");
}

#[test]
fn nullable_types() {
    check_type(r#"{"type": ["string", "null"]}"#, "export type T = string | null;");
    check_type(r#"{"anyOf": [{"type": "string"}, {"type": "null"}]}"#, "export type T = string | null;");
    check_type(r#"{"type": "array", "items": {"type": ["string", "null"]}}"#, "export type T = (string | null)[];");
}

#[test]
fn objects() {
    check_type(r#"{"type": "object"}"#, "export interface T {\n  [key: string]: unknown;\n}");
    check_type(
        r#"{"type": "object", "additionalProperties": false}"#,
        "export interface T {\n  [key: string]: never;\n}",
    );
    check_type(
        r#"{"properties": {"a": {"type": "string"}, "b-c": {"type": "integer"}}, "required": ["a"]}"#,
        "export interface T {\n  a: string;\n  \"b-c\"?: number;\n}",
    );
    check_type(
        r#"{"properties": {"a": {"type": "string"}}, "additionalProperties": {"type": "integer"}}"#,
        "export interface T {\n  a?: string;\n  [key: string]: number | string | undefined;\n}",
    );
}

#[test]
fn required_properties_that_another_part_describes() {
    check_type(
        r##"{"allOf": [{"$ref": "#/components/schemas/T"}], "required": ["a"]}"##,
        "export type T = T & { a: unknown };",
    );
}

#[test]
fn tuples() {
    let pair = r#""prefixItems": [{"type": "string"}, {"type": "number"}]"#;
    check_type(&format!("{{{pair}, \"items\": false}}"), "export type T = [string, number];");
    check_type(&format!("{{{pair}, \"maxItems\": 2}}"), "/** @maxItems 2 */\nexport type T = [string, number];");
    check_type(&format!("{{{pair}}}"), "export type T = [string, number, ...unknown[]];");
    check_type(
        &format!("{{{pair}, \"minItems\": 1, \"items\": false}}"),
        "/** @minItems 1 */\nexport type T = [string, number?];",
    );
}

#[test]
fn unions_and_intersections() {
    check_type(
        r#"{"oneOf": [{"type": "string"}, {"type": "string"}, {"type": "number"}]}"#,
        "export type T = string | number;",
    );
    check_type(r#"{"oneOf": [{}, {"type": "number"}]}"#, "export type T = unknown;");
    check_type(
        r#"{"type": "object", "oneOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}], "properties": {"c": {}}}"#,
        "export type T = ({ a?: unknown } | { b?: unknown }) & { c?: unknown };",
    );
}

#[test]
fn a_comment_cannot_end_early() {
    check_type(
        r#"{"type": "string", "description": "a */ b\nc", "deprecated": true}"#,
        "/**\n * a *\\/ b\n * c\n *\n * @deprecated\n */\nexport type T = string;",
    );
}

#[test]
fn two_components_never_share_a_name() {
    let types = &files(r#"{"schemas": {"a-b": {"type": "string"}, "AB": {"type": "null"}, "class": {}}}"#, "{}")
        .expect("a client")[0];
    for declaration in ["type AB = string;", "type AB2 = null;", "type class_ = unknown;"] {
        assert!(types.text.contains(declaration), "{}", types.text);
    }
}

#[test]
fn two_operations_never_share_a_name() {
    let operation = r#"{"operationId": "get_it", "responses": {}}"#;
    let paths = format!(r#"{{"/a": {{"get": {operation}}}, "/b": {{"get": {operation}}}}}"#);
    let client = &files("{}", &paths).expect("a client")[1].text;
    assert!(client.contains("readonly getIt: ") && client.contains("readonly getIt2: "), "{client}");
}

#[test]
fn a_document_that_is_not_openapi_is_refused() {
    for text in ["{}", "[]", r#"{"openapi": "3.0.3"}"#, r#"{"swagger": "2.0"}"#] {
        assert_eq!(client(&document(text)), Err(Error::NotOpenApi));
    }
}

#[test]
fn references_that_lead_nowhere_are_refused() {
    for reference in ["#/components/schemas/Missing", "other.json#/A"] {
        let result = files(&format!(r#"{{"schemas": {{"T": {{"$ref": "{reference}"}}}}}}"#), "{}");
        let error = result.expect_err(reference);
        assert_eq!(error, Error::UnresolvedReference { reference: reference.to_owned() });
    }
    let recursive = r##"{"schemas": {"T": {"properties": {"a": {"$ref": "#/components/x/A"}}}}, "x": {"A": {"items": {"$ref": "#/components/x/A"}}}}"##;
    let error = files(recursive, "{}").expect_err("it has no name");
    assert_eq!(error, Error::RecursiveReference { reference: "#/components/x/A".to_owned() });
}

#[test]
fn strange_documents_do_not_panic() {
    let paths = [
        "[]",
        r#"{"/a": 1, "b": {"get": []}, "": {"get": {}}}"#,
        r#"{"/{": {"get": {"parameters": [1, {"in": "query"}, {"in": "x", "name": "y"}], "responses": {"é": 1, "": {}}}}}"#,
        r#"{"/a": {"post": {"operationId": "🦀", "requestBody": {"content": {}}, "security": [1, {}]}}}"#,
    ];
    for paths in paths {
        let _ = files(
            r#"{"schemas": {"": {"type": 1, "enum": {}, "required": [1], "items": 2}}, "securitySchemes": []}"#,
            paths,
        );
    }
}

#[test]
fn a_path_style_that_the_client_cannot_write_is_refused() {
    let paths = r#"{"/{a}": {"get": {"parameters": [{"name": "a", "in": "path", "style": "matrix", "required": true}], "responses": {}}}}"#;
    let error = files("{}", paths).expect_err("matrix is not supported");
    assert_eq!(error.to_string(), "the path parameter `a` has the style `matrix`: only `simple` is supported");
}
