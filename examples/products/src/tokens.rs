//! Who may write: tokens of admins, kept hashed.

use kovar::clap::{Arg, ArgMatches, Command};
use kovar::data::Db;
use kovar::http::security::{AuthenticationError, Bearer, Permission, Scheme, SchemeDeclaration};
use kovar::prelude::*;
use kovar::program::Context;
use sha2::{Digest, Sha256};

/// What the owner of a token may do.
#[schema]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Read and write.
    Admin,
    /// Only read.
    Reader,
}

/// The owner of a token.
#[schema]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    owner: String,
    role: Role,
}

/// A token made by `products token create`.
#[derive(Debug)]
pub struct ApiToken;

impl Scheme for ApiToken {
    type Credential = Bearer;
    type Principal = Owner;
    type Needs = Dep<Db>;

    fn declare() -> SchemeDeclaration {
        SchemeDeclaration::bearer("api_token").description("A token made by `products token create`.")
    }

    async fn authenticate(bearer: Bearer, db: Dep<Db>) -> Result<Owner, AuthenticationError> {
        // The database compares hashes, so the time that it takes tells nothing about a token.
        let hash = hash(bearer.token());
        let owner = db.optional(sql!(Owner: "select owner, role from tokens where hash = {hash: Vec<u8>}")).await?;
        owner.ok_or_else(AuthenticationError::refused)
    }
}

/// May write.
#[derive(Debug)]
pub struct Admin;

impl Permission for Admin {
    type Scheme = ApiToken;

    const SCOPES: &'static [&'static str] = &["admin"];

    fn permits(owner: &Owner) -> bool {
        owner.role == Role::Admin
    }
}

/// The command line of `products token`.
pub fn command() -> Command {
    let user = Arg::new("user").long("user").value_name("NAME").required(true).value_parser(owner);
    let role =
        Arg::new("role").long("role").required(true).value_parser(["admin", "reader"]).help("What the token permits");
    Command::new("token").about("Manages tokens").subcommand_required(true).subcommand(
        Command::new("create").about("Makes a token and prints it once").arg(user.help("Who gets the token")).arg(role),
    )
}

fn owner(name: &str) -> Result<String, &'static str> {
    if name.trim().is_empty() { Err("a token belongs to somebody") } else { Ok(name.to_owned()) }
}

/// Runs `products token`.
///
/// # Errors
///
/// When the database cannot be had.
pub async fn run(context: Context, matches: ArgMatches) -> kovar::Result {
    let Some(("create", matches)) = matches.subcommand() else { return Err("which? `token create`".into()) };
    let text = |name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
    let token = create(&context.database().await?, &text("user"), &text("role")).await?;
    println!("The token of {}, shown only now: {token}", text("user"));
    Ok(())
}

/// Makes a token for the first start, so that somebody can write.
///
/// # Errors
///
/// When the database cannot be had.
pub async fn make_first(db: Dep<Db>) -> kovar::Result {
    let count = db.one(sql!(i64: "select count(*) from tokens")).await?;
    if count == 0 {
        let token = create(&db, "first", "admin").await?;
        println!("Admin token    {token}  (made for the first start, shown only now)");
    }
    Ok(())
}

/// Makes a token of 32 random bytes; only its hash is kept.
///
/// # Errors
///
/// When the operating system has no randomness or the database refuses.
pub async fn create(db: &Db, owner: &str, role: &str) -> kovar::Result<String> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|cause| format!("no randomness: {cause}"))?;
    let token: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let (hash, now) = (hash(&token), Timestamp::now());
    let role = role.to_owned();
    db.execute(sql!("insert into tokens (hash, owner, role, created_at) values ({hash}, {owner}, {role}, {now})"))
        .await?;
    Ok(token)
}

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
