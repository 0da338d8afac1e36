//! The commands of the binary, each run in a folder of its own.

use std::process::{Command, Output};

use tempfile::TempDir;

struct Shell(TempDir);

impl Shell {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn file(&self, name: &str, text: &str) -> &Self {
        std::fs::write(self.0.path().join(name), text).unwrap();
        self
    }

    /// Runs a line such as `KOVAR_LISTEN=x compat old.json`.
    fn run(&self, line: &str) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_products"));
        command.current_dir(self.0.path());
        for variable in ["RUST_LOG", "DATABASE_URL", "KOVAR_LISTEN", "KOVAR_ADMIN", "KOVAR_WORKERS", "KOVAR_RUNTIME"] {
            command.env_remove(variable);
        }
        for word in line.split(' ') {
            match word.split_once('=').filter(|(name, _)| name.chars().all(|c| c.is_ascii_uppercase() || c == '_')) {
                Some((name, value)) => command.env(name, value),
                None => command.arg(word.trim_matches('\'')),
            };
        }
        Said(command.output().unwrap())
    }
}

struct Said(Output);

impl Said {
    /// The program ended so, and said each of these, on either stream.
    #[track_caller]
    fn ends(&self, code: i32, parts: &[&str]) -> String {
        let said = [&self.0.stdout, &self.0.stderr].map(|bytes| String::from_utf8_lossy(bytes)).concat();
        assert_eq!(self.0.status.code(), Some(code), "{said}");
        for part in parts {
            assert!(said.contains(part), "{part} is not in:\n{said}");
        }
        said
    }
}

#[test]
fn compat_compares_documents_only() {
    let shell = Shell::new();
    let today = shell.run("openapi").ends(0, &[]);
    shell.file("today.json", &today).run("compat today.json").ends(0, &["no changes"]);
    let more = today.replacen("\"paths\": {", r#""paths": {"/gone": {"get": {"responses": {"200": {}}}},"#, 1);
    shell.file("more.json", &more).run("compat more.json").ends(1, &["operation-removed", "1 change, 1 breaking"]);
    for (text, problem) in [
        ("{}", "old.json is no OpenAPI 3.1 document"),
        ("[]", "old.json is no OpenAPI 3.1 document"),
        (r#"{"swagger":"2.0"}"#, "old.json is no OpenAPI 3.1 document"),
        ("", "old.json is not JSON"),
    ] {
        shell.file("old.json", text).run("compat old.json").ends(2, &["error: ", problem]);
    }
    shell.run("compat missing.json").ends(2, &["missing.json cannot be read"]);
}

#[test]
fn every_statement_fits_the_migrations() {
    let shell = Shell::new();
    shell.run("check").ends(0, &["statements checked, 0 faults found"]);
    assert!(!shell.0.path().join("data").exists(), "it leaves the program's own database alone");
}

#[test]
fn a_wrong_setting_is_blamed_on_its_place() {
    let shell = Shell::new();
    shell.run("--listen x").ends(2, &["'x' for '--listen <ADDRESS>'", "127.0.0.1:8000"]);
    shell.run("serve --listen localhost:80").ends(2, &["for '--listen <ADDRESS>'", "127.0.0.1:8000"]);
    shell.run("--admin 80").ends(2, &["for '--admin <ADDRESS>'", "127.0.0.1:8001"]);
    shell.run("KOVAR_LISTEN=x serve").ends(2, &["'x' of the variable KOVAR_LISTEN: ", "127.0.0.1:8000"]);
    shell.run("KOVAR_WORKERS=0 routes").ends(2, &["'0' of the variable KOVAR_WORKERS"]);
    shell.run("RUST_LOG=info=x routes").ends(1, &["RUST_LOG=`info=x`"]);
    shell.file(".env", "KOVAR_ADMIN=y\n");
    shell.run("routes").ends(2, &["'y' of the variable KOVAR_ADMIN in .env: "]);
    shell.run("KOVAR_ADMIN=127.0.0.1:1 routes").ends(0, &["OPERATION"]);
    shell.file(".env", "A=1\nSECRET s3cret\n");
    let said = shell.run("routes").ends(1, &["error: .env, line 2: "]);
    assert!(!said.contains("s3cret"), "{said}");
}

#[test]
fn a_password_is_not_printed() {
    let shell = Shell::new();
    for line in ["--database postgres://u:s3cret@h/x migrate", "DATABASE_URL=postgres://u:s3cret@h/x migrate"] {
        let said = shell.run(line).ends(1, &["postgres://u:***@h/x"]);
        assert!(!said.contains("s3cret"), "{said}");
    }
    let said = shell.run("DATABASE_URL=postgres://u:s3cret@h/x --help").ends(0, &["--database"]);
    assert!(!said.contains("s3cret"), "{said}");
}

#[test]
fn places_are_named() {
    let shell = Shell::new();
    shell.run("migrate").ends(0, &["applied 0001_create_products.sql", "sqlite://data/products.db: ", " applied"]);
    shell.run("migrate").ends(0, &["sqlite://data/products.db: nothing to apply"]);
    shell.run("--database sqlite://own.db migrate").ends(0, &["sqlite://own.db: ", " applied"]);
    shell.file("file", "").run("client typescript --out file/x").ends(1, &["file/x cannot be written"]);
}

#[test]
fn help_has_the_settings_that_count() {
    let shell = Shell::new();
    for (line, listens, has_database) in [
        ("--help", true, true),
        ("serve --help", true, true),
        ("migrate --help", false, true),
        ("token create --help", false, true),
        ("openapi --help", false, false),
        ("asyncapi --help", false, false),
        ("compat --help", false, false),
        ("client typescript --help", false, false),
    ] {
        let said = shell.run(line).ends(0, &[]);
        assert_eq!((said.contains("--listen"), said.contains("--database")), (listens, has_database), "{said}");
    }
    // They are taken all the same, before the command and after it.
    shell.run("--listen 127.0.0.1:1 routes").ends(0, &["OPERATION"]);
    shell.run("routes --listen 127.0.0.1:1").ends(0, &["OPERATION"]);
    shell.run("asyncapi").ends(0, &["\"asyncapi\": \"3.0.0\"", "\"channels\": {}"]);
}

#[test]
fn a_token_belongs_to_somebody() {
    let shell = Shell::new();
    shell.run("token create --user '' --role admin").ends(2, &["'--user <NAME>': a token belongs to somebody"]);
    shell.run("token create --user ada --role admin").ends(0, &["The token of ada"]);
}
