use std::time::{Duration, Instant};

use kovar_http::extract::{Json, Path};
use kovar_http::operation::Operation;

use super::support::{ID, app, client};

async fn echo(Path(id): Path<u32>) -> Json<u32> {
    Json(id)
}

#[tokio::test]
async fn ten_thousand_operations_start_and_are_told_apart() {
    const COUNT: u32 = 10_000;
    let operations = (0..COUNT).map(|index| {
        Operation::get(format!("/group{}/resource{index}/{{id}}", index % 100), echo)
            .arguments(ID)
            .id(format!("op{index}"))
    });
    let operations: Vec<_> = operations.collect();
    let start = Instant::now();
    let client = client(app(operations)).await;
    let took = start.elapsed();
    println!("{COUNT} operations were built in {took:?}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    for index in [0, 1, 99, 100, 5_000, COUNT - 1] {
        let path = format!("/group{}/resource{index}/{index}", index % 100);
        assert_eq!(client.get(&path).send().await.json::<u32>(), index);
    }
    client.get(&format!("/group0/resource{COUNT}/1")).send().await.assert_status(404);
    client.get("/group1/resource0/1").send().await.assert_status(404);
}
