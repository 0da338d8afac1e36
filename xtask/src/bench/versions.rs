//! Which versions are measured, from the lock files that pin them.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::peer::{Kit, Peer};
use super::places::Places;

/// The peer's packages with their versions.
pub(super) fn of(root: &Path, places: &Places, peer: &Peer) -> Vec<(String, String)> {
    let apps = &places.apps;
    let lock = match peer.kit {
        Kit::Kovar(_) | Kit::Workspace(_) => root.join("Cargo.lock"),
        Kit::Rust => apps.join("rust/Cargo.lock"),
        Kit::Go | Kit::GoProgram(_) => apps.join("go/go.mod"),
        Kit::Python => apps.join("python/requirements.txt"),
        Kit::JavaScript(name) | Kit::JavaScriptWithAddOn(name, _) => apps.join(name).join("package-lock.json"),
        Kit::Nest => apps.join("nest/package-lock.json"),
    };
    // A version that is not found is not told.
    let lock = fs::read_to_string(lock).unwrap_or_default();
    let version = |package: &str| match peer.kit {
        Kit::Kovar(_) | Kit::Workspace(_) | Kit::Rust => in_cargo_lock(&lock, package),
        Kit::Go | Kit::GoProgram(_) => in_go_mod(&lock, package),
        Kit::Python => in_requirements(&lock, package),
        Kit::JavaScript(_) | Kit::JavaScriptWithAddOn(..) | Kit::Nest => in_package_lock(&lock, package),
    };
    peer.packages.iter().filter_map(|package| Some(((*package).to_owned(), version(package)?))).collect()
}

fn in_cargo_lock(lock: &str, package: &str) -> Option<String> {
    let (_, after) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
    after.split('"').next().map(str::to_owned)
}

fn in_go_mod(lock: &str, package: &str) -> Option<String> {
    let version = lock.lines().find_map(|line| line.trim().strip_prefix(package)?.strip_prefix(" v"));
    version?.split(' ').next().map(str::to_owned)
}

fn in_requirements(lock: &str, package: &str) -> Option<String> {
    let version = lock.lines().find_map(|line| line.strip_prefix(package)?.strip_prefix("=="));
    version?.split([' ', ';']).next().map(str::to_owned)
}

fn in_package_lock(lock: &str, package: &str) -> Option<String> {
    let lock: Value = serde_json::from_str(lock).ok()?;
    lock["packages"][format!("node_modules/{package}")]["version"].as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{in_cargo_lock, in_go_mod, in_package_lock, in_requirements};

    #[test]
    fn each_kind_of_lock_file_is_read() {
        let cargo = "[[package]]\nname = \"axum-core\"\nversion = \"0.5.2\"\n\n[[package]]\nname = \"axum\"\nversion = \"0.8.9\"\n";
        assert_eq!(in_cargo_lock(cargo, "axum").as_deref(), Some("0.8.9"));
        let go = "require (\n\tgithub.com/gin-gonic/gin v1.12.0\n\tx/y v1.0.0 // indirect\n)\n";
        assert_eq!(in_go_mod(go, "github.com/gin-gonic/gin").as_deref(), Some("1.12.0"));
        assert_eq!(in_go_mod(go, "x/y").as_deref(), Some("1.0.0"));
        let python = "uvloop==0.23.0 ; sys_platform != 'win32' \\\n    --hash=sha256:0\nuvicorn==0.54.0 \\\n";
        assert_eq!(in_requirements(python, "uvicorn").as_deref(), Some("0.54.0"));
        assert_eq!(in_requirements(python, "uv"), None);
        let node = r#"{"packages":{"node_modules/fastify":{"version":"5.12.8"}}}"#;
        assert_eq!(in_package_lock(node, "fastify").as_deref(), Some("5.12.8"));
        assert_eq!(in_package_lock(node, "ajv"), None);
    }
}
