//! Links: what they look like, and what can be done with them.

use kovar::prelude::*;

use crate::clicks::Clicks;

/// The letters of slugs that are made here. Without those that look alike.
const LETTERS: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";

/// How many letters: of 32⁸ slugs, a million leave a chance of one in a million that the next one is taken.
const LENGTH: usize = 8;

/// How often another slug is made when one is taken.
const TRIES: usize = 5;

/// What a client sends to make a link.
#[schema]
#[derive(Clone, Debug)]
pub struct NewLink {
    /// Where it leads.
    #[field(schemes = ["http", "https"], max_length = 2048, example = "https://example.com/a/long/way")]
    pub url: Url,
    /// What it is called. One is made if none is given.
    #[field(pattern = "^[A-Za-z0-9_-]{3,64}$", example = "summer-sale")]
    pub slug: Option<String>,
}

/// A link.
#[schema]
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// What it is called.
    pub slug: String,
    /// Where it leads.
    pub url: Url,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What became of a link.
#[schema]
#[derive(Clone, Debug, PartialEq)]
pub struct LinkStats {
    /// What it is called.
    pub slug: String,
    /// How often it was followed.
    pub clicks: i64,
    /// When it was followed last.
    pub last_clicked_at: Option<Timestamp>,
}

/// Which links a list shows.
#[schema(input)]
#[derive(Clone, Debug)]
pub struct Links {
    /// How many at most.
    #[field(ge = 1, le = 100, default = 20)]
    pub limit: u32,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// What can go wrong with one link.
#[problem]
#[derive(Debug)]
pub enum LinkProblem {
    /// No link has this slug.
    #[status(404)]
    #[detail("no link is called {slug}")]
    NotFound {
        /// The slug that no link has.
        slug: String,
    },
}

/// What can go wrong with a new link.
#[problem]
#[derive(Debug)]
pub enum NewLinkProblem {
    /// Another link has this slug.
    #[status(409)]
    #[detail("a link is called {slug} already")]
    SlugTaken {
        /// The slug that is taken.
        slug: String,
    },
}

/// Make a link.
#[post("/api/links", tag = "links")]
pub async fn create_link(db: Dep<Db>, Json(new): Json<NewLink>) -> Result<Created<Link>, NewLinkProblem> {
    let now = Timestamp::now();
    for _ in 0..TRIES {
        let slug = new.slug.clone().unwrap_or_else(made_slug);
        let link = sql!(
            Link: "insert into links (slug, url, created_at) values ({slug}, {new.url.as_str()}, {now}) returning *"
        );
        match db.one(link).await {
            Ok(link) => return Ok(Created::at(format!("/api/links/{slug}/stats"), link)),
            Err(error) if error.is_unique_violation() && new.slug.is_none() => {}
            Err(error) if error.is_unique_violation() => return Err(NewLinkProblem::SlugTaken { slug }),
            Err(error) => return Err(error.into()),
        }
    }
    Err(std::io::Error::other("no slug is free, however often one is made").into())
}

/// List links by their slugs.
#[get("/api/links", tag = "links")]
pub async fn list_links(Query(asked): Query<Links>, db: Dep<Db>) -> Result<Page<Link>, InternalError> {
    let limit = asked.limit as usize;
    let links = sql!(Link: "select * from links where true")
        .and_if(asked.cursor, |slug| sql!("slug > {slug}"))
        .order_by("slug")
        .limit(limit as u64 + 1);
    Ok(Page::by_plain_key(db.all(links).await?, limit, |last: &Link| last.slug.clone()))
}

/// Say how often a link was followed.
#[get("/api/links/{slug}/stats", tag = "links")]
pub async fn link_stats(
    Path(slug): Path<String>,
    db: Dep<Db>,
    clicks: Dep<Clicks>,
) -> Result<Json<LinkStats>, LinkProblem> {
    let select = sql!(LinkStats: "select slug, clicks, last_clicked_at from links where slug = {slug}");
    let mut stats = db.optional(select).await?.ok_or_else(|| LinkProblem::NotFound { slug: slug.clone() })?;
    stats.clicks += clicks.pending(&slug);
    Ok(Json(stats))
}

/// Delete a link.
#[delete("/api/links/{slug}", tag = "links")]
pub async fn delete_link(Path(slug): Path<String>, db: Dep<Db>) -> Result<NoContent, LinkProblem> {
    match db.execute(sql!("delete from links where slug = {slug}")).await? {
        0 => Err(LinkProblem::NotFound { slug }),
        _ => Ok(NoContent),
    }
}

/// Follow a link.
#[get("/{slug}", tag = "links")]
pub async fn follow(Path(slug): Path<String>, db: Dep<Db>, clicks: Dep<Clicks>) -> Result<Redirect<307>, LinkProblem> {
    let url = db.optional(sql!(String: "select url from links where slug = {slug: String}")).await?;
    let Some(url) = url else { return Err(LinkProblem::NotFound { slug }) };
    clicks.add(&slug);
    Ok(Redirect::temporary(url))
}

fn made_slug() -> String {
    let mut random = [0; LENGTH];
    // Without randomness the slug is taken soon, and that is told.
    let _ = getrandom::fill(&mut random);
    random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}
