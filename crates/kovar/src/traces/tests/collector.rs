//! A collector: takes OTLP over HTTP, and gives what it was sent.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;

/// What a collector was sent in one request.
pub(super) struct Export {
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Export {
    pub(super) fn decode(&self) -> ExportTraceServiceRequest {
        ExportTraceServiceRequest::decode(self.body.as_slice()).unwrap()
    }

    pub(super) fn spans(&self) -> Vec<Span> {
        let resources = self.decode().resource_spans.into_iter();
        resources.flat_map(|resource| resource.scope_spans).flat_map(|scope| scope.spans).collect()
    }
}

/// Takes everything.
pub(super) fn listen() -> (SocketAddr, Receiver<Export>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (send, exports) = channel();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let send = send.clone();
            thread::spawn(move || {
                let mut stream = BufReader::new(stream);
                while let Some(export) = take(&mut stream) {
                    let _ = send.send(export);
                    let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n";
                    stream.get_mut().write_all(answer.as_bytes()).unwrap();
                }
            });
        }
    });
    (address, exports)
}

fn take(stream: &mut BufReader<TcpStream>) -> Option<Export> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    head.make_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(Export { head, body })
}

/// Takes connections, and answers none.
pub(super) fn listen_in_silence() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || listener.incoming().collect::<Vec<_>>());
    address
}

/// Attributes as text, in order of their names.
pub(super) fn shown(attributes: &[KeyValue]) -> Vec<String> {
    let mut shown: Vec<String> = attributes
        .iter()
        .map(|KeyValue { key, value, .. }| match value.clone().and_then(|value| value.value) {
            Some(any_value::Value::StringValue(text)) => format!("{key}={text}"),
            Some(any_value::Value::IntValue(number)) => format!("{key}={number}"),
            other => format!("{key}={other:?}"),
        })
        .collect();
    shown.sort();
    shown
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
