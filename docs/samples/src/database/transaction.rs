// ANCHOR: transaction
use kovar::prelude::*;

#[problem]
#[derive(Debug)]
pub enum TransferProblem {
    /// There is not enough on the account.
    #[status(409)]
    TooLittle,
}

/// Move some from one account to another.
#[post("/transfers/{from}/{to}")]
pub async fn transfer(
    Path((from, to)): Path<(i64, i64)>,
    tx: Dep<Tx>,
    Json(amount): Json<i64>,
) -> Result<NoContent, TransferProblem> {
    tx.execute(sql!("update accounts set balance = balance + {amount} where id = {to}")).await?;
    let enough = sql!("update accounts set balance = balance - {amount} where id = {from} and balance >= {amount}");
    match tx.execute(enough).await? {
        0 => Err(TransferProblem::TooLittle),
        _ => Ok(NoContent),
    }
}
// ANCHOR_END: transaction
