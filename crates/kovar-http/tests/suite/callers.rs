//! Who a request is from.

use std::borrow::Cow;

use kovar_http::RequestContext;
use kovar_http::describe::{Argument, Describer};
use kovar_http::extract::{Extract, Phase, Rejection};
use kovar_http::operation::Operation;
use kovar_http::respond::Text;
use kovar_http::security::{
    ApiKey, Authenticated, AuthenticationError, Bearer, Caller, Credential, Scheme, SchemeDeclaration,
};
use kovar_http::testing::TestClient;

use super::support::{app, client};

/// Who the request is from, when all else is read.
struct Who(Option<Caller>);

impl Extract for Who {
    const PHASE: Phase = Phase::Dependency;

    fn describe(_: &mut Describer<'_>, _: &Argument) {}

    async fn extract(context: &RequestContext, _: &Argument) -> Result<Self, Rejection> {
        Ok(Self(context.caller()))
    }
}

macro_rules! scheme {
    ($scheme:ident, $credential:ty, $declaration:expr, $name:expr) => {
        struct $scheme;

        impl Scheme for $scheme {
            type Credential = $credential;
            type Principal = String;
            type Needs = ();

            fn declare() -> SchemeDeclaration {
                $declaration
            }

            async fn authenticate(shown: $credential, (): ()) -> Result<String, AuthenticationError> {
                Ok(shown.text().to_owned())
            }

            fn name(principal: &String) -> Option<Cow<'_, str>> {
                let name: fn(&str) -> Option<&str> = $name;
                name(principal).map(Cow::Borrowed)
            }
        }
    };
}

trait Shown: Credential {
    fn text(&self) -> &str;
}

impl Shown for Bearer {
    fn text(&self) -> &str {
        self.token()
    }
}

impl Shown for ApiKey {
    fn text(&self) -> &str {
        self.key()
    }
}

scheme!(Named, Bearer, SchemeDeclaration::bearer("named"), |token| token.split('.').next());
scheme!(Token, Bearer, SchemeDeclaration::bearer("token"), |_| None);
scheme!(Key, ApiKey, SchemeDeclaration::api_key_header("key", "x-key"), |_| None);
scheme!(QueryKey, ApiKey, SchemeDeclaration::api_key_query("query_key", "key"), |_| None);

async fn named(_: Option<Authenticated<Named>>, Who(caller): Who) -> Text {
    Text(caller.map_or_else(String::new, |caller| caller.to_string()))
}

async fn token(Who(caller): Who, _: Authenticated<Token>) -> Text {
    named(None, Who(caller)).await
}

async fn key(_: Authenticated<Key>, who: Who) -> Text {
    named(None, who).await
}

async fn query_key(_: Authenticated<QueryKey>, who: Who) -> Text {
    named(None, who).await
}

async fn asked() -> TestClient {
    client(app([
        Operation::get("/who/named", named).id("named"),
        Operation::get("/who/token", token).id("token"),
        Operation::get("/who/key", key).id("key"),
        Operation::get("/who/query", query_key).id("query"),
    ]))
    .await
}

async fn who(client: &TestClient, path: &str, (field, value): (&str, &str)) -> String {
    client.get(path).header(field, value).send().await.text().to_owned()
}

#[tokio::test]
async fn a_caller_that_its_scheme_names_is_the_same_with_another_credential() {
    let client = asked().await;
    assert_eq!(who(&client, "/who/named", ("authorization", "Bearer ada.1")).await, "named ada");
    assert_eq!(who(&client, "/who/named", ("authorization", "Bearer ada.2")).await, "named ada");
    assert_eq!(who(&client, "/who/named", ("accept", "*/*")).await, "");
}

#[tokio::test]
async fn a_caller_without_a_name_is_whoever_shows_the_same_credential_however_it_is_written() {
    let client = asked().await;
    let mark = who(&client, "/who/token", ("authorization", "Bearer letmein")).await;
    assert!(mark.starts_with("token #") && mark.len() == "token #".len() + 8 && !mark.contains("letmein"), "{mark}");
    for same in ["bearer letmein", "BEARER  letmein", "Bearer \tletmein"] {
        assert_eq!(who(&client, "/who/token", ("authorization", same)).await, mark, "{same:?}");
    }
    assert_ne!(who(&client, "/who/token", ("authorization", "Bearer letmeout")).await, mark);

    let of_key = who(&client, "/who/key", ("x-key", "letmein")).await;
    assert!(of_key.starts_with("key #"), "{of_key}");
    assert_ne!(who(&client, "/who/key", ("x-key", "other")).await, of_key);
    let of_query = who(&client, "/who/query?key=letmein", ("accept", "*/*")).await;
    assert!(of_query.starts_with("query_key #"), "{of_query}");
    assert_eq!(who(&client, "/who/query?key=%6Cetmein", ("accept", "*/*")).await, of_query);
}
