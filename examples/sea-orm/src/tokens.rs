//! Who may write: tokens of admins, kept hashed.

use kovar::clap::{Arg, ArgMatches, Command};
use kovar::http::security::{AuthenticationError, Bearer, Permission, Scheme, SchemeDeclaration};
use kovar::prelude::*;
use kovar::program::Context;
use sea_orm::{
    ActiveEnum, ActiveModelTrait as _, DatabaseConnection, DeriveActiveEnum, EntityTrait as _, EnumIter,
    IntoActiveModel as _, PaginatorTrait as _,
};
use sha2::{Digest, Sha256};

use crate::database;
use crate::entity::to_column;
use crate::entity::token::{Entity, Model};
use crate::statements::Statements;

/// What the owner of a token may do.
#[schema]
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
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

/// A token made by `products-sea-orm token create`.
#[derive(Debug)]
pub struct ApiToken;

impl Scheme for ApiToken {
    type Credential = Bearer;
    type Principal = Owner;
    type Needs = Dep<DatabaseConnection>;

    fn declare() -> SchemeDeclaration {
        SchemeDeclaration::bearer("api_token").description("A token made by `products-sea-orm token create`.")
    }

    async fn authenticate(bearer: Bearer, database: Dep<DatabaseConnection>) -> Result<Owner, AuthenticationError> {
        // The database compares hashes, so the time that it takes tells nothing about a token.
        let token = Entity::find_by_id(hash(bearer.token())).one(&*database).await?;
        let owner = token.map(|Model { owner, role, .. }| Owner { owner, role });
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

/// The command line of `products-sea-orm token`.
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

/// Runs `products-sea-orm token`.
///
/// # Errors
///
/// When the database cannot be had.
pub async fn run(context: Context, matches: ArgMatches) -> kovar::Result {
    let Some(("create", matches)) = matches.subcommand() else { return Err("which? `token create`".into()) };
    let text = |name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
    let database = database::connect(Dep::new(context.database_url()), Dep::new(Statements::default())).await?;
    let token = create(&database, &text("user"), Role::try_from_value(&text("role"))?).await?;
    database.close().await?;
    println!("The token of {}, shown only now: {token}", text("user"));
    Ok(())
}

/// Makes a token for the first start, so that somebody can write.
///
/// # Errors
///
/// When the database cannot be had.
pub async fn make_first(database: Dep<DatabaseConnection>) -> kovar::Result {
    if Entity::find().count(&*database).await? == 0 {
        let token = create(&database, "first", Role::Admin).await?;
        println!("Admin token    {token}  (made for the first start, shown only now)");
    }
    Ok(())
}

/// Makes a token of 32 random bytes; only its hash is kept.
///
/// # Errors
///
/// When the operating system has no randomness or the database refuses.
pub async fn create(database: &DatabaseConnection, owner: &str, role: Role) -> kovar::Result<String> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|cause| format!("no randomness: {cause}"))?;
    let token: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let (hash, owner, created_at) = (hash(&token), owner.to_owned(), to_column(Timestamp::now()));
    Model { hash, owner, role, created_at }.into_active_model().reset_all().insert(database).await?;
    Ok(token)
}

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
