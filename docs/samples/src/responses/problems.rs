// ANCHOR: problems
use kovar::prelude::*;

#[problem]
#[derive(Debug)]
pub enum AccountProblem {
    /// No such account.
    #[status(404)]
    NotFound,
    /// There is not enough money.
    ///
    /// Nothing was moved.
    #[status(409)]
    #[detail("{missing} more are needed")]
    #[log("account {account} is short by {missing}")]
    TooLittle {
        /// How much is missing.
        missing: Decimal,
        /// For the log only.
        #[internal]
        account: u32,
    },
}

/// Take money out.
#[post("/accounts/{account}/withdrawals")]
pub async fn withdraw(Path(account): Path<u32>, Json(amount): Json<Decimal>) -> Result<NoContent, AccountProblem> {
    match account {
        1 if amount <= Decimal::TEN => Ok(NoContent),
        1 => Err(AccountProblem::TooLittle { missing: amount - Decimal::TEN, account }),
        _ => Err(AccountProblem::NotFound),
    }
}
// ANCHOR_END: problems
