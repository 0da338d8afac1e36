//! The table `tokens`.

#![allow(missing_docs, missing_debug_implementations, reason = "the columns are described where the schema has them")]

use sea_orm::entity::prelude::*;

use crate::tokens::Role;

#[derive(Clone, Debug, DeriveEntityModel)]
#[sea_orm(table_name = "tokens")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: Vec<u8>,
    pub owner: String,
    pub role: Role,
    pub created_at: TimeDateTimeWithTimeZone,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
