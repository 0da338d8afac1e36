//! What people read about an app.

use std::borrow::Cow;

/// What people read about an app.
#[derive(Clone, Debug, Default)]
pub struct Info {
    /// The name.
    pub title: Cow<'static, str>,
    /// The version of the API.
    pub version: Cow<'static, str>,
    /// A line about it.
    pub summary: Option<Cow<'static, str>>,
    /// More about it, in Markdown.
    pub description: Option<Cow<'static, str>>,
    /// Where the terms of service are.
    pub terms_of_service: Option<Cow<'static, str>>,
    /// Who answers for it.
    pub contact: Option<Contact>,
    /// Under which license.
    pub license: Option<License>,
    /// Where it runs; empty for "where the document is".
    pub servers: Vec<Server>,
    /// What people read about tags.
    pub tags: Vec<Tag>,
}

/// Who answers for an app.
#[derive(Clone, Debug, Default)]
pub struct Contact {
    /// The name.
    pub name: Option<Cow<'static, str>>,
    /// A page.
    pub url: Option<Cow<'static, str>>,
    /// An e-mail address.
    pub email: Option<Cow<'static, str>>,
}

/// A license, by its SPDX expression.
#[derive(Clone, Debug)]
pub struct License {
    /// The name.
    pub name: Cow<'static, str>,
    /// The SPDX expression.
    pub identifier: Option<Cow<'static, str>>,
}

/// Where an app runs.
#[derive(Clone, Debug)]
pub struct Server {
    /// The URL.
    pub url: Cow<'static, str>,
    /// Which one it is.
    pub description: Option<Cow<'static, str>>,
}

/// What people read about a tag.
#[derive(Clone, Debug)]
pub struct Tag {
    /// The tag.
    pub name: Cow<'static, str>,
    /// What it is about.
    pub description: Cow<'static, str>,
}
