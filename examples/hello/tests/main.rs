//! The app as its clients meet it, in process.

use hello::Greeting;
use kovar::testing::TestClient;

#[tokio::test]
async fn somebody_is_greeted() {
    let client = TestClient::new(hello::app()).await.expect("the app starts");
    let response = client.get("/hello/Ada").send().await;
    let expected = Greeting { text: "Hello, Ada!".to_owned() };
    assert_eq!(response.assert_status(200).json::<Greeting>(), expected);
}

#[tokio::test]
async fn a_long_name_is_refused() {
    let client = TestClient::new(hello::app()).await.expect("the app starts");
    let problem = client.get("/hello/{name}").path("name", "x".repeat(51)).send().await.problem();
    assert_eq!((problem.status, problem.issues()), (422, vec!["path.name: string_too_long".to_owned()]));
}
