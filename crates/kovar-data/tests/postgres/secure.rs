//! TLS to the server, as `sslmode` wants it.

use kovar_data::{Db, Options, sql};

use crate::server::{Database, variable};

fn impatient() -> Options {
    Db::options().wait(std::time::Duration::from_millis(500))
}

/// The URL of a database by another name of its server, with parameters.
fn url(database: &Database, host: &str, parameters: &str) -> String {
    format!("{}?{parameters}", database.url().replace("127.0.0.1", host))
}

async fn is_encrypted(url: &str) -> bool {
    let db = impatient().open(url).await.unwrap();
    for _ in 0..3 {
        db.one::<bool>(sql!("select ssl from pg_stat_ssl where pid = pg_backend_pid()")).await.unwrap();
    }
    let tx = db.begin().await.unwrap();
    tx.one(sql!("select ssl from pg_stat_ssl where pid = pg_backend_pid()")).await.unwrap()
}

#[tokio::test]
async fn the_mode_decides_whether_to_encrypt() {
    let database = Database::new().await;
    assert!(!is_encrypted(&url(&database, "127.0.0.1", "sslmode=disable")).await);
    for mode in ["sslmode=require", "sslmode=prefer", "application_name=a%20b", ""] {
        assert!(is_encrypted(&url(&database, "127.0.0.1", mode)).await, "{mode}");
    }
}

#[tokio::test]
async fn the_mode_decides_what_is_checked() {
    let database = Database::new().await;
    let root = format!("sslrootcert={}", variable("KOVAR_TEST_POSTGRES_CERTIFICATE"));
    for (host, mode) in [("localhost", "verify-full"), ("localhost", "verify-ca"), ("127.0.0.1", "verify-ca")] {
        assert!(is_encrypted(&url(&database, host, &format!("sslmode={mode}&{root}"))).await, "{host} {mode}");
    }
    for (host, parameters) in [
        ("127.0.0.1", format!("sslmode=verify-full&{root}")),
        // Nobody that the web trusts vouches for it.
        ("localhost", "sslmode=verify-full".to_owned()),
        ("localhost", "sslmode=verify-ca".to_owned()),
        ("localhost", "sslmode=verify-full&sslrootcert=/dev/null".to_owned()),
        ("localhost", "sslmode=verify-full&sslrootcert=/nowhere".to_owned()),
        ("localhost", "sslmode=encrypted".to_owned()),
    ] {
        let error = impatient().open(&url(&database, host, &parameters)).await.unwrap_err();
        assert!(!error.is_busy(), "{host} {parameters}: {error}");
    }
}

#[tokio::test]
async fn what_is_broken_off_is_broken_off_over_tls() {
    let database = Database::new().await;
    let db = Db::options().connections(1).open(&url(&database, "127.0.0.1", "sslmode=require")).await.unwrap();
    let tx = db.begin().await.unwrap();
    let sleeping = tx.execute(sql!("select pg_sleep(60)"));
    assert!(tokio::time::timeout(std::time::Duration::from_millis(50), sleeping).await.is_err());
    drop(tx);
    let tx = db.begin().await.unwrap();
    assert_eq!(tx.one::<i32>(sql!("select 1")).await.unwrap(), 1);
}
