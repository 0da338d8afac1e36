mod limits;
mod malformed;
mod reading;
mod storage;

use axum::body::Body;
use http::Request;
use kovar_contract::json::Value;
use kovar_contract::shape::{Access, Field, Kind, ObjectShape, Shape};
use kovar_contract::{Catalog, Direction, Rules, Schema};
use serde::Deserialize;

use super::{Multipart, Upload};
use crate::app::App;
use crate::operation::Operation;
use crate::respond::Text;
use crate::respond::testing::{Answer, app, send};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Application {
    name: String,
    age: Option<u8>,
    tags: Vec<String>,
    address: Option<Address>,
    addresses: Vec<Address>,
    portrait: Option<Upload>,
    papers: Vec<Upload>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Address {
    street: String,
    number: u16,
}

static NAME: Rules = Rules { min_length: Some(1), ..Rules::NONE };
static PORTRAIT: Rules = Rules { min_length: Some(2), max_length: Some(100_000), ..Rules::NONE };
static PAPER: Rules = Rules { max_length: Some(200_000), ..Rules::NONE };
static PAPERS: Rules = Rules { items: Some(&PAPER), ..Rules::NONE };

impl Schema for Application {
    fn shape(catalog: &mut Catalog) -> Shape {
        catalog.define::<Self>(Self::name, module_path!(), |catalog| {
            let shape = ObjectShape::new()
                .field(Field::new("name", String::shape(catalog).with_rules(&NAME)))
                .field(Field::new("age", Option::<u8>::shape(catalog)).optional())
                .field(Field::new("tags", Vec::<String>::shape(catalog)).optional())
                .field(Field::new("address", Option::<Address>::shape(catalog)).optional())
                .field(Field::new("addresses", Vec::<Address>::shape(catalog)).optional())
                .field(Field::new("portrait", Option::<Upload>::shape(catalog).with_rules(&PORTRAIT)).optional())
                .field(Field::new("papers", Vec::<Upload>::shape(catalog).with_rules(&PAPERS)).optional())
                .field(Field::new("computed", String::shape(catalog)).optional().access(Access::ReadOnly));
            (Default::default(), Shape::new(Kind::Object(shape)))
        })
    }

    fn accepts(&self, _: &Rules, direction: Direction) -> bool {
        self.name.accepts(&NAME, direction)
            && self.portrait.accepts(&PORTRAIT, direction)
            && self.papers.accepts(&PAPERS, direction)
    }
}

impl Schema for Address {
    fn shape(catalog: &mut Catalog) -> Shape {
        catalog.define::<Self>(Self::name, module_path!(), |catalog| {
            let shape = ObjectShape::new()
                .field(Field::new("street", String::shape(catalog)))
                .field(Field::new("number", u16::shape(catalog)))
                .deny_unknown();
            (Default::default(), Shape::new(Kind::Object(shape)))
        })
    }
}

/// Says what it received.
async fn apply(Multipart(form): Multipart<Application>) -> Text {
    let mut text = format!("{} {:?} {:?}", form.name, form.age, form.tags);
    for address in form.address.iter().chain(&form.addresses) {
        text += &format!(" {} {}", address.street, address.number);
    }
    for upload in form.portrait.iter().chain(&form.papers) {
        let bytes = upload.bytes().await.unwrap();
        let is_on_disk = upload.path().is_some();
        text += &format!(" [{:?} {:?} {} {is_on_disk}]", upload.file_name(), upload.content_type(), bytes.len());
        assert_eq!(bytes.len() as u64, upload.size());
    }
    Text(text)
}

fn application() -> App {
    app([Operation::post("/", apply)])
}

const BOUNDARY: &str = "X-BOUNDARY";

fn text(name: &str, value: &str) -> String {
    part(&format!("name=\"{name}\""), "", value)
}

fn json(name: &str, value: &str) -> String {
    part(&format!("name=\"{name}\""), "Content-Type: application/json\r\n", value)
}

fn file(name: &str, file_name: &str, content: &str) -> String {
    part(&format!("name=\"{name}\"; filename=\"{file_name}\""), "Content-Type: image/png\r\n", content)
}

fn part(disposition: &str, header: &str, content: &str) -> String {
    format!("--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n{header}\r\n{content}\r\n")
}

fn body(parts: &[String]) -> String {
    format!("{}--{BOUNDARY}--\r\n", parts.concat())
}

fn request(body: impl Into<Body>) -> Request<Body> {
    let request = Request::post("/").header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
    request.body(body.into()).unwrap()
}

/// The body in chunks of so many bytes, as a network might bring it.
fn in_chunks(body: &str, bytes: usize) -> Body {
    let chunks: Vec<_> = body.as_bytes().chunks(bytes).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect();
    Body::from_stream(futures_util::stream::iter(chunks))
}

async fn post(parts: &[String]) -> Answer {
    send(application(), request(body(parts))).await
}

/// The type and location of each issue.
fn issues(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(answer.status, http::StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text());
    let answer = answer.json();
    let issues = answer.get("errors").and_then(Value::as_array).unwrap();
    let part = |issue: &Value<'_>, key: &str| issue.get(key).map(ToString::to_string).unwrap();
    issues.iter().map(|issue| (part(issue, "type").replace('"', ""), part(issue, "loc"))).collect()
}
