use kovar::prelude::*;

async fn products(db: &Db, name: &str) -> kovar::Result {
    let text = format!("select * from products where name = '{name}'");
    db.execute(sql!(text)).await?;
    Ok(())
}

fn main() {}
