//! Undoing the last migration and applying it again.

use kovar_data::{Db, Migration, MigrationState, Migrations, sql};

const CREATE: Migration = Migration::new("0001_a.sql", "create table a (n integer)\n-- down\ndrop table a");

/// The list of an app, while its last file is being written.
fn with_second(text: &'static str) -> Migrations {
    Migrations::new(Box::leak(Box::new([CREATE, Migration::new("folder/0002_b.sql", text)])))
}

async fn is_applied(db: &Db, migrations: &Migrations) -> Vec<bool> {
    let states = db.migration_status(migrations).await.unwrap();
    states.into_iter().map(|status| matches!(status.state, MigrationState::Applied { .. })).collect()
}

pub(crate) async fn the_last_one_is_undone_and_applied_again(db: Db) {
    let before = with_second("create table b (n integer);\ninsert into b values (1);\n\n-- down\ndrop table b;\n");
    db.migrate(&before).await.unwrap();
    db.execute(sql!("insert into a values (7)")).await.unwrap();
    db.execute(sql!("insert into b values (2)")).await.unwrap();
    assert_eq!(db.redo_migration(&before).await.unwrap(), "0002_b.sql");
    assert_eq!(db.all::<i32>(sql!("select n from b")).await.unwrap(), [1]);
    // It was changed since.
    let after = with_second("create table b (m integer);\n-- down\ndrop table b;\n");
    assert!(db.migrate(&after).await.unwrap_err().is_migration());
    assert_eq!(db.redo_migration(&after).await.unwrap(), "0002_b.sql");
    assert_eq!(db.all::<i32>(sql!("select m from b")).await.unwrap(), [0; 0]);
    assert_eq!(db.migrate(&after).await.unwrap(), [""; 0]);
    assert_eq!(is_applied(&db, &after).await, [true, true]);
    assert_eq!(db.all::<i32>(sql!("select n from a")).await.unwrap(), [7]);
}

pub(crate) async fn a_way_down_may_be_added_later(db: Db) {
    db.migrate(&with_second("create table b (n integer);\n")).await.unwrap();
    for text in [
        "create table b (n integer);\n-- down\ndrop table b;\n",
        "create table b (n integer);\r\n\r\n\r\n-- down\r\ndrop table b",
        "create table b (n integer);\n\n-- down\n",
    ] {
        assert_eq!(db.migrate(&with_second(text)).await.unwrap(), [""; 0], "{text}");
    }
    let said = with_second("create table b (n integer);\n-- down\ndrop table b;\n").down("0002_b.sql");
    assert_eq!(said, Some("drop table b;\n"));
}

pub(crate) async fn what_cannot_be_undone_is_left_as_it_is(db: Db) {
    let none = db.redo_migration(&with_second("")).await.unwrap_err();
    assert!(none.is_migration() && none.to_string().contains("nothing to redo"), "{none}");
    let applied = with_second("create table b (n integer)");
    db.migrate(&applied).await.unwrap();
    db.execute(sql!("insert into b values (7)")).await.unwrap();
    const LATE: Migration = Migration::new("0001_late.sql", "create table late (n integer)");
    const CHANGED: Migration = Migration::new("0001_a.sql", "create table a (n bigint)");
    const UNDONE: Migration = Migration::new("0002_b.sql", "create table b (n integer)\n-- down\ndrop table b");
    for (migrations, reason) in [
        (applied, "write that at its end, below a line `-- down`"),
        (Migrations::new(const { &[CREATE] }), "0002_b.sql was applied last and is not listed"),
        (Migrations::new(const { &[CREATE] }).allow_unknown(), "0002_b.sql was applied last and is not listed"),
        (Migrations::new(const { &[UNDONE] }), "0001_a.sql was applied to the database and is not listed"),
        (Migrations::new(const { &[CHANGED, UNDONE] }), "0001_a.sql was changed"),
        (Migrations::new(const { &[CREATE, LATE, UNDONE] }), "0001_late.sql stands before 0002_b.sql"),
        (with_second("create table b (n integer)\n-- down\ndrop table missing"), "undoing 0002_b.sql: "),
        (with_second("create table (\n-- down\ndrop table b"), "0002_b.sql: "),
        (with_second("create table b (n integer)\n-- down\nselect 1"), "0002_b.sql: "),
    ] {
        let error = db.redo_migration(&migrations).await.unwrap_err();
        assert!(error.is_migration() && error.to_string().contains(reason), "{reason}: {error}");
        assert_eq!(db.all::<i32>(sql!("select n from b")).await.unwrap(), [7]);
        assert_eq!(is_applied(&db, &applied).await, [true, true], "{reason}");
    }
}
