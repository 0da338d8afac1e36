//! Notes: what they look like, and what can be done with them.

use kovar::prelude::*;

use crate::clock::Clock;

/// What a client sends to create a note.
#[schema(partial = "NotePatch")]
#[derive(Clone, Debug)]
pub struct NewNote {
    /// What it is about.
    #[field(min_length = 1, max_length = 100, example = "Shopping")]
    pub title: String,
    /// What it says.
    #[field(max_length = 10_000, example = "Two lamps and a chair")]
    pub body: String,
}

/// A note.
#[schema]
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// Which one.
    #[field(uuid_version = 7)]
    pub id: Uuid,
    /// What it is about.
    #[field(min_length = 1, max_length = 100)]
    pub title: String,
    /// What it says.
    #[field(max_length = 10_000)]
    pub body: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Which notes a list shows.
#[schema(input)]
#[derive(Clone, Debug)]
pub struct NoteFilter {
    /// How many at most.
    #[field(ge = 1, le = 100, default = 10)]
    pub limit: u32,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<Uuid>,
}

/// What can go wrong with a note.
#[problem]
#[derive(Debug)]
pub enum NoteProblem {
    /// No note has this id.
    #[status(404)]
    #[detail("no note has the id {note_id}")]
    NotFound {
        /// The id that no note has.
        note_id: Uuid,
    },
    /// The update changes nothing.
    ///
    /// A partial update names at least one field.
    #[status(400)]
    NothingToUpdate,
}

/// Create a note.
#[post("/api/v1/notes", tag = "notes")]
pub async fn create_note(
    tx: Dep<Tx>,
    clock: Dep<Clock>,
    Json(new): Json<NewNote>,
) -> Result<Created<Note>, NoteProblem> {
    let (id, now) = (Uuid::now_v7(), clock.now());
    let note = tx
        .one(sql!(
            Note: "insert into notes (id, title, body, created_at, updated_at)
             values ({id}, {new.title}, {new.body}, {now}, {now}) returning *"
        ))
        .await?;
    Ok(Created::at(format!("/api/v1/notes/{id}"), note))
}

/// Show a note.
#[get("/api/v1/notes/{note_id}", tag = "notes")]
pub async fn get_note(Path(note_id): Path<Uuid>, db: Dep<Db>) -> Result<Json<Note>, NoteProblem> {
    let note = db
        .optional(sql!(Note: "select * from notes where id = {note_id: Uuid}"))
        .await?;
    note.map(Json).ok_or(NoteProblem::NotFound { note_id })
}

/// List notes, oldest first.
#[get("/api/v1/notes", tag = "notes")]
pub async fn list_notes(
    Query(filter): Query<NoteFilter>,
    db: Dep<Db>,
) -> Result<Page<Note>, NoteProblem> {
    // One more than asked for tells whether there is another page.
    let statement = sql!(Note: "select * from notes where true")
        .and_if(filter.cursor, |id| sql!("id > {id}"))
        .order_by("id")
        .limit(u64::from(filter.limit) + 1);
    let notes = db.all(statement).await?;
    Ok(Page::by_plain_key(
        notes,
        filter.limit as usize,
        |last: &Note| last.id,
    ))
}

/// Change some fields of a note.
#[patch("/api/v1/notes/{note_id}", tag = "notes")]
pub async fn update_note(
    Path(note_id): Path<Uuid>,
    tx: Dep<Tx>,
    clock: Dep<Clock>,
    Json(patch): Json<NotePatch>,
) -> Result<Json<Note>, NoteProblem> {
    if patch.title.is_absent() && patch.body.is_absent() {
        return Err(NoteProblem::NothingToUpdate);
    }
    let found = tx
        .optional(sql!(Note: "select * from notes where id = {note_id: Uuid}"))
        .await?;
    let mut note = found.ok_or(NoteProblem::NotFound { note_id })?;
    patch.title.apply_to(&mut note.title);
    patch.body.apply_to(&mut note.body);
    note.updated_at = clock.now();
    tx.execute(sql!(
        "update notes set title = {note.title}, body = {note.body}, updated_at = {note.updated_at}
         where id = {note_id}"
    ))
    .await?;
    Ok(Json(note))
}

/// Delete a note.
#[delete("/api/v1/notes/{note_id}", tag = "notes")]
pub async fn delete_note(Path(note_id): Path<Uuid>, tx: Dep<Tx>) -> Result<NoContent, NoteProblem> {
    match tx
        .execute(sql!("delete from notes where id = {note_id}"))
        .await?
    {
        0 => Err(NoteProblem::NotFound { note_id }),
        _ => Ok(NoContent),
    }
}
