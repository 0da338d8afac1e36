//! The operations of the document, and requests to them as bytes.

use serde_json::Value;

/// A method on a path of the document.
#[derive(Debug)]
pub(super) struct Operation {
    method: &'static str,
    /// With its parameters still in braces.
    path: String,
    pub(super) takes_body: bool,
}

impl Operation {
    pub(super) fn new(method: &'static str, path: &str, takes_body: bool) -> Self {
        Self { method, path: path.to_owned(), takes_body }
    }

    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// A request that is right in everything: the attacks then change it.
    pub(super) fn request(&self, product: &str, token: Option<&str>) -> Request {
        let mut request = Request::new(self.method, &filled(&self.path, product));
        if let Some(token) = token {
            request.header("authorization", format!("Bearer {token}"));
        }
        if self.takes_body {
            request.json(VALID_PRODUCT);
        }
        request
    }

    /// The path with `value` for its parameters, or behind it when it has none.
    pub(super) fn path_with(&self, value: &str) -> String {
        if self.path.contains('{') { filled(&self.path, value) } else { format!("{}/{value}", self.path) }
    }
}

/// Every operation of the document, and two requests that lead to none.
pub(super) fn of_document(document: &Value) -> Vec<Operation> {
    let mut operations =
        vec![Operation::new("GET", "/kovar/xtask/nowhere", false), Operation::new("PUT", "/api/v1/products", false)];
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (key, operation) in item.as_object().into_iter().flatten() {
            if let Some(method) = METHODS.iter().find(|method| method.eq_ignore_ascii_case(key)) {
                operations.push(Operation::new(method, path, !operation["requestBody"].is_null()));
            }
        }
    }
    operations
}

/// The keys of a path item that are methods; `parameters` and `summary` stand beside them.
const METHODS: [&str; 8] = ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"];

const VALID_PRODUCT: &str = r#"{"name":"Tea","description":null,"price":4.5,"stock":3,"category":"food"}"#;

/// A request that need not make sense.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: &'static str,
    pub(super) target: Vec<u8>,
    pub(super) headers: Vec<(String, Vec<u8>)>,
    pub(super) body: Vec<u8>,
    /// What `Content-Length` says, when that is not the body's length.
    pub(super) announced: Option<u64>,
    /// Whether the body goes out as it is, without a `Content-Length`.
    pub(super) bare_body: bool,
}

impl Request {
    fn new(method: &'static str, target: &str) -> Self {
        let target = target.as_bytes().to_owned();
        Self { method, target, headers: Vec::new(), body: Vec::new(), announced: None, bare_body: false }
    }

    pub(super) fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    pub(super) fn create_product(token: &str) -> Self {
        Operation::new("POST", "/api/v1/products", true).request("", Some(token))
    }

    /// Sets a header, in place of one of that name.
    pub(super) fn header(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        self.remove_header(name);
        self.headers.push((name.to_owned(), value.into()));
    }

    pub(super) fn remove_header(&mut self, name: &str) {
        self.headers.retain(|(known, _)| known != name);
    }

    pub(super) fn json(&mut self, body: impl Into<Vec<u8>>) {
        self.header("content-type", "application/json");
        self.body = body.into();
    }

    /// As it goes over the wire. The connection is used once.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.method.as_bytes().to_owned();
        bytes.push(b' ');
        bytes.extend(&self.target);
        bytes.extend(b" HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
        for (name, value) in &self.headers {
            bytes.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        let length = self.announced.unwrap_or(self.body.len() as u64);
        if length > 0 && !self.bare_body {
            bytes.extend(format!("content-length: {length}\r\n").into_bytes());
        }
        bytes.extend(b"\r\n");
        bytes.extend(&self.body);
        bytes
    }
}

/// `/a/{id}/b` with every parameter replaced.
fn filled(path: &str, value: &str) -> String {
    let segment = |segment: &str| {
        if segment.starts_with('{') { value.to_owned() } else { segment.to_owned() }
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Operation, of_document};

    #[test]
    fn operations_come_from_the_document() {
        let document = json!({"paths": {"/a/{id}": {"parameters": [], "get": {}, "patch": {"requestBody": {}}}}});
        let operations = of_document(&document);
        let found: Vec<(String, bool)> = operations.iter().skip(2).map(|one| (one.name(), one.takes_body)).collect();
        assert_eq!(found, [("GET /a/{id}".to_owned(), false), ("PATCH /a/{id}".to_owned(), true)]);
    }

    #[test]
    fn the_path_is_filled_in() {
        let operation = Operation::new("GET", "/a/{id}/b", false);
        assert_eq!(operation.path_with("7"), "/a/7/b");
        assert_eq!(Operation::new("GET", "/a", false).path_with("7"), "/a/7");
    }

    #[test]
    fn the_bytes_are_a_request() {
        let bytes = Operation::new("GET", "/a/{id}", false).request("7", Some("secret")).bytes();
        let text = "GET /a/7 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Bearer secret\r\n\r\n";
        assert_eq!(String::from_utf8_lossy(&bytes), text);
    }
}
