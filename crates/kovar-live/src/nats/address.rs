//! Where NATS is, and who asks.
//!
//! Names and passwords are taken out of the URLs at once, so that no URL that is logged has one.

use std::io;

use async_nats::{ConnectOptions, ServerAddr};
use percent_encoding::percent_decode_str;

use crate::error::BrokerError;

pub(super) struct Address {
    pub(super) servers: Vec<ServerAddr>,
    login: Login,
    /// On how many servers of a cluster a stream is that is made.
    pub(super) replicas: usize,
}

/// Who asks.
#[derive(PartialEq)]
enum Login {
    Anybody,
    Token(String),
    User(String, String),
    /// What is in a file of credentials: a JWT and the seed of its key.
    Credentials(String),
}

impl Address {
    /// Reads `nats://user:password@one:4222,two:4222?credentials=FILE&replicas=3`.
    pub(super) fn parse(url: &str) -> Result<Self, BrokerError> {
        let (hosts, query) = url.split_once('?').unwrap_or((url, ""));
        let (scheme, hosts) = hosts.split_once("://").ok_or_else(BrokerError::unreadable)?;
        let mut address = Self { servers: Vec::new(), login: Login::Anybody, replicas: 1 };
        for host in hosts.split(',') {
            let (scheme, host) = host.split_once("://").unwrap_or((scheme, host));
            address.add(&format!("{scheme}://{host}")).ok_or_else(BrokerError::unreadable)?;
        }
        for (name, value) in query.split('&').filter(|pair| !pair.is_empty()).filter_map(|pair| pair.split_once('=')) {
            let value = decoded(value).ok_or_else(BrokerError::unreadable)?;
            match name {
                "replicas" => address.replicas = value.parse().map_err(|_| BrokerError::unreadable())?,
                "credentials" => address.login = credentials(&value)?,
                _ => return Err(BrokerError::unreadable()),
            }
        }
        Ok(address)
    }

    fn add(&mut self, server: &str) -> Option<()> {
        let mut url = server.parse::<ServerAddr>().ok()?.into_inner();
        if !matches!(url.scheme(), "nats" | "tls") || url.host_str().is_none_or(str::is_empty) {
            return None;
        }
        if self.login == Login::Anybody && !url.username().is_empty() {
            let user = decoded(url.username())?;
            self.login = match url.password() {
                Some(password) => Login::User(user, decoded(password)?),
                None => Login::Token(user),
            };
        }
        url.set_username("").and_then(|()| url.set_password(None)).ok()?;
        self.servers.push(ServerAddr::from_url(url).ok()?);
        Some(())
    }

    /// What a connection begins with.
    pub(super) fn options(&self) -> io::Result<ConnectOptions> {
        Ok(match &self.login {
            Login::Anybody => ConnectOptions::new(),
            Login::Token(token) => ConnectOptions::with_token(token.clone()),
            Login::User(user, password) => ConnectOptions::with_user_and_password(user.clone(), password.clone()),
            Login::Credentials(text) => ConnectOptions::with_credentials(text)?,
        })
    }
}

fn credentials(path: &str) -> Result<Login, BrokerError> {
    let unusable = |cause: io::Error| BrokerError::credentials(path, &cause);
    let text = std::fs::read_to_string(path).map_err(unusable)?;
    ConnectOptions::with_credentials(&text).map_err(unusable)?;
    Ok(Login::Credentials(text))
}

fn decoded(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::{Address, Login, ServerAddr};

    fn parsed(url: &str) -> (String, Login, usize) {
        let address = Address::parse(url).map_err(|cause| cause.to_string()).unwrap();
        let servers: Vec<&str> = address.servers.iter().map(ServerAddr::as_url_str).collect();
        (servers.join(" "), address.login, address.replicas)
    }

    #[test]
    fn names_and_passwords_are_not_in_the_urls() {
        let user = |name: &str, password: &str| Login::User(name.into(), password.into());
        for (url, servers, login, replicas) in [
            ("nats://localhost", "nats://localhost", Login::Anybody, 1),
            ("tls://a:1", "tls://a:1", Login::Anybody, 1),
            ("nats://u:p%2C%40@a:1,b:2,tls://c?replicas=3", "nats://a:1 nats://b:2 tls://c", user("u", "p,@"), 3),
            ("nats://secret@[::1]:4222", "nats://[::1]:4222", Login::Token("secret".into()), 1),
        ] {
            let found = parsed(url);
            assert!(found == (servers.to_owned(), login, replicas), "{url}: {}", found.0);
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_without_its_password() {
        for url in ["nats:", "nats://", "nats://u:secret@", "nats://a,,b", "nats://a?replicas=x", "nats://a?secret=1"] {
            let cause = Address::parse(url).err().map(|cause| cause.to_string());
            assert!(cause.as_ref().is_some_and(|cause| !cause.contains("secret")), "{url}: {cause:?}");
        }
        let cause = Address::parse("nats://u:secret@a?credentials=/no/such/file").err().unwrap().to_string();
        assert!(cause.contains("/no/such/file") && !cause.contains("u:secret"), "{cause}");
    }
}
