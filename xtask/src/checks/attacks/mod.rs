//! Hostile bytes on a raw socket, against every operation of the running products app.
//!
//! An HTTP client library would refuse to send most of this, so the bytes are written here. Whatever is sent, the app
//! answers quickly, never with a 5xx, always with a problem document when it refuses, and its memory stays where it was.

mod corpus;
mod operation;

use std::time::Duration;

use serde_json::Value;

use crate::exchange::{Failure, Response, exchange};
use crate::products::Products;
use crate::tally::Tally;
use crate::workshop::Workshop;
use corpus::{ATTACKS, Answer, Attack};

use operation::{Operation, Request};

/// How long any answer may take. An answer in microseconds is normal; this allows for a debug build on a busy machine.
const ANSWER_LIMIT: Duration = Duration::from_secs(2);

/// How long a 413 may take for a body that was announced and not sent.
const TOO_LARGE_LIMIT: Duration = Duration::from_secs(1);

/// How much resident memory the whole bombardment may add at any moment.
const MEMORY_LIMIT_KIB: u64 = 32 * 1024;

/// One case for each attack on each operation with and without a token, and one each for memory and survival.
pub(crate) fn run(workshop: &Workshop) -> Result<Tally, String> {
    let mut app = Products::start(workshop, "attacks")?;
    let token = app.token("admin")?;
    let operations = operation::of_document(&document(&app)?);
    warm_up(&app, &operations, &token)?;

    app.forget_peak_memory();
    let before = app.memory_kib()?;
    let mut tally = Tally::default();
    for operation in &operations {
        for sent_token in [None, Some(token.as_str())] {
            // A product of its own for each round, since the attacks on DELETE may well delete it.
            let product = create_product(&app, &token)?;
            tally += attack_all(&app, operation, &product, sent_token);
        }
    }
    tally.case("memory", memory_stayed(before.now, app.memory_kib()?.peak));
    tally.case("the app survived", app.survived());
    if tally.failed() > 0 {
        println!("The end of the app's log:\n{}", app.log());
    }
    Ok(tally)
}

/// The document that the app serves itself.
fn document(app: &Products) -> Result<Value, String> {
    let response = exchange(app.address(), &Request::get("/openapi.json").bytes(), ANSWER_LIMIT)
        .map_err(|failure| format!("No /openapi.json: {failure}"))?;
    serde_json::from_slice(&response.body).map_err(|error| format!("/openapi.json is not JSON: {error}"))
}

/// Sends everything once unwatched: the first use of an allocator, a thread or a page cache is not growth.
fn warm_up(app: &Products, operations: &[Operation], token: &str) -> Result<(), String> {
    for operation in operations {
        let product = create_product(app, token)?;
        for attack in ATTACKS {
            let _ = exchange(app.address(), &attack.request(operation, &product, Some(token)).bytes(), ANSWER_LIMIT);
        }
    }
    Ok(())
}

fn attack_all(app: &Products, operation: &Operation, product: &str, token: Option<&str>) -> Tally {
    let mut tally = Tally::default();
    let who = if token.is_some() { "admin" } else { "anonymous" };
    let mut failures = Vec::new();
    for attack in ATTACKS {
        let request = attack.request(operation, product, token);
        match judge(attack, operation, exchange(app.address(), &request.bytes(), ANSWER_LIMIT)) {
            Ok(()) => tally += Tally::new(1, 0),
            Err(problem) => failures.push((attack.name, problem)),
        }
    }
    println!("{}: {} of {} attacks withstood as {who}", operation.name(), tally.passed(), ATTACKS.len());
    for (attack, problem) in failures {
        tally.fail(&format!("{} as {who}: {attack}", operation.name()), &problem);
    }
    tally
}

fn create_product(app: &Products, token: &str) -> Result<String, String> {
    let request = Request::create_product(token);
    let response = exchange(app.address(), &request.bytes(), ANSWER_LIMIT).map_err(|failure| failure.to_string());
    let created =
        response.and_then(|response| match (response.status, serde_json::from_slice::<Value>(&response.body)) {
            (201, Ok(Value::Object(mut product))) => Ok(product.remove("id")),
            _ => Err(response.to_string()),
        });
    match created {
        Ok(Some(Value::String(id))) => Ok(id),
        Ok(_) => Err("The created product has no `id`.".to_owned()),
        Err(problem) => Err(format!("Could not create a product to attack: {problem}\n{}", app.log())),
    }
}

fn judge(attack: &Attack, operation: &Operation, answer: Result<Response, Failure>) -> Result<(), String> {
    let response = match answer {
        Ok(response) => response,
        // The parser below the app may refuse bytes that are no request by hanging up.
        Err(Failure::HungUp) if attack.answer == Answer::MayHangUp => return Ok(()),
        Err(failure) => return Err(failure.to_string()),
    };
    if response.status >= 500 {
        return Err(format!("a server error: {response}"));
    }
    if attack.answer == Answer::TooLarge && operation.takes_body {
        is_too_large(&response)?;
    }
    let bare = attack.answer == Answer::MayHangUp && response.body.is_empty();
    if response.status >= 400 && !bare { is_problem(&response) } else { is_sound(&response) }
}

fn is_too_large(response: &Response) -> Result<(), String> {
    if response.status != 413 && response.status != 401 {
        return Err(format!("413 expected: {response}"));
    }
    match response.took <= TOO_LARGE_LIMIT {
        true => Ok(()),
        false => Err(format!("took {:?}, more than {TOO_LARGE_LIMIT:?}", response.took)),
    }
}

/// An error is a problem document whose `status` is that of the answer.
fn is_problem(response: &Response) -> Result<(), String> {
    if response.media_type() != "application/problem+json" {
        return Err(format!("not a problem document: {response}"));
    }
    let status = serde_json::from_slice::<Value>(&response.body).ok().and_then(|problem| problem["status"].as_u64());
    match status == Some(u64::from(response.status)) {
        true => Ok(()),
        false => Err(format!("the problem's `status` is not the answer's: {response}")),
    }
}

/// What succeeds as JSON is JSON: no NaN or infinity came in here to come out there.
fn is_sound(response: &Response) -> Result<(), String> {
    if response.media_type() != "application/json" || response.body.is_empty() {
        return Ok(());
    }
    match serde_json::from_slice::<Value>(&response.body) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("it says JSON and is not ({error}): {response}")),
    }
}

fn memory_stayed(before_kib: u64, peak_kib: u64) -> Result<(), String> {
    let grown = peak_kib.saturating_sub(before_kib);
    match grown <= MEMORY_LIMIT_KIB {
        true => Ok(()),
        false => Err(format!("It grew by {grown} KiB to {peak_kib} KiB; {MEMORY_LIMIT_KIB} KiB are allowed.")),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::corpus::{ATTACKS, Answer};
    use super::operation::Operation;
    use super::{judge, memory_stayed};
    use crate::exchange::Response;

    fn check(answer: Answer, head: &str, body: &str, accepted: bool) {
        let attack = ATTACKS.iter().find(|attack| attack.answer == answer).expect("there is one of each");
        let operation = Operation::new("POST", "/api/v1/products", true);
        let response =
            Response::parse(format!("{head}\r\n\r\n{body}").as_bytes(), Duration::ZERO).expect("it is a response");
        let outcome = judge(attack, &operation, Ok(response));
        assert_eq!(outcome.is_ok(), accepted, "{head} {body}: {outcome:?}");
    }

    const PROBLEM: &str = "HTTP/1.1 422 X\r\nContent-Type: application/problem+json";

    #[test]
    fn a_refusal_is_a_problem_document() {
        check(Answer::AnyButServerError, PROBLEM, r#"{"status":422}"#, true);
        check(Answer::AnyButServerError, PROBLEM, r#"{"status":400}"#, false);
        check(Answer::AnyButServerError, PROBLEM, "", false);
        check(Answer::AnyButServerError, "HTTP/1.1 400 X\r\nContent-Type: text/plain", "no", false);
        check(Answer::MayHangUp, "HTTP/1.1 431 X", "", true);
    }

    #[test]
    fn a_server_error_is_never_right() {
        check(
            Answer::MayHangUp,
            "HTTP/1.1 500 X\r\nContent-Type: application/problem+json",
            r#"{"status":500}"#,
            false,
        );
    }

    #[test]
    fn too_large_has_its_own_status() {
        check(Answer::TooLarge, "HTTP/1.1 413 X\r\ncontent-type: application/problem+json", r#"{"status":413}"#, true);
        check(Answer::TooLarge, "HTTP/1.1 201 X\r\ncontent-type: application/json", "{}", false);
    }

    #[test]
    fn nan_does_not_come_out() {
        check(Answer::AnyButServerError, "HTTP/1.1 201 X\r\ncontent-type: application/json", r#"{"price":NaN}"#, false);
    }

    #[test]
    fn memory_may_grow_a_little() {
        assert!(memory_stayed(10_000, 10_000 + 32 * 1024).is_ok());
        assert!(memory_stayed(10_000, 10_001 + 32 * 1024).is_err());
    }
}
