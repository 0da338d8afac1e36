//! Nodes that are one hub, by way of each broker. `cargo xtask test --only brokers` runs it.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

/// Makes a test of each function, for each broker.
macro_rules! over_each_broker {
    ($($test:ident),+ $(,)?) => {
        mod over_redis {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test($crate::broker::Kind::Redis).await;
            })+
        }

        mod over_nats {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test($crate::broker::Kind::Nats).await;
            })+
        }
    };
}

mod broker;
mod loss;
mod nats;
mod nodes;
mod presence;
mod proxy;
mod support;
