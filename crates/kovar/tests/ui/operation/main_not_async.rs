#[kovar::main]
fn main() -> kovar::Result {
    Ok(())
}
