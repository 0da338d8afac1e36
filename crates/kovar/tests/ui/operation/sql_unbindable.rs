use kovar::prelude::*;

struct Money(u32);

async fn products(db: &Db, price: Money) -> kovar::Result {
    db.execute(sql!("delete from products where price = {price}")).await?;
    Ok(())
}

fn main() {}
