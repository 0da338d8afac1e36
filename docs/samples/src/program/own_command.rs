// ANCHOR: own_command
use kovar::clap::{Arg, Command, value_parser};
use kovar::prelude::*;

#[get("/greeting")]
async fn greeting() -> Json<String> {
    Json("hello".to_owned())
}

async fn say_hello(count: usize) -> kovar::Result {
    println!("{}", "hello ".repeat(count).trim_end());
    Ok(())
}

pub fn program() -> Program {
    let times = Arg::new("times").long("times").default_value("1").value_parser(value_parser!(usize));
    let command = Command::new("hello").about("Says hello").arg(times);
    Program::new(App::new("Greetings", "1.0.0").mount(operations![greeting]))
        .command(command, |_, matches| async move { say_hello(matches.get_one("times").copied().unwrap_or(1)).await })
}
// ANCHOR_END: own_command
