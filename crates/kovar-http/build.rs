//! Takes the browser assets of the document pages out of the crates that carry them, each gzipped once,
//! here, so that an app embeds a third of the bytes and compresses none of them when it starts.
//!
//! Only what those crates make public is used: `utoipa-swagger-ui-vendored` is Swagger UI's release as a zip
//! (its source maps and its other builds stay in it), and `aide` writes Redoc's bundle into its own page.
//! Serving from the two at run time instead would put 2.8 MB into every binary.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "docs-ui")]
    assets::write();
}

#[cfg(feature = "docs-ui")]
mod assets {
    use std::{env, fs, io::Write as _, path::PathBuf};

    use flate2::{Compression, write::GzEncoder};

    /// The files that are written here.
    const OWN: &str = "src/documents/pages";

    /// Writes `NAME.gz` into `OUT_DIR` for each asset that `documents::pages::interface` embeds.
    pub(super) fn write() {
        let swagger_ui = super::zip::Archive(utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED);
        for name in ["swagger-ui-bundle.js", "swagger-ui.css", "oauth2-redirect.js"] {
            write_asset(name, &swagger_ui.text(&format!("/dist/{name}")));
        }
        write_asset("redoc.standalone.js", &redoc());
        for name in ["swagger-start.js", "redoc-start.js", "live.css", "live.js", "live-schema.js", "live-trial.js"] {
            println!("cargo::rerun-if-changed={OWN}/{name}");
            let file = fs::read_to_string(format!("{OWN}/{name}"));
            write_asset(name, &file.expect("the file is beside its page"));
        }
    }

    /// Redoc's bundle, without the logo that it would load from its maker's CDN: Redoc leaves an image out that
    /// does not load, and its text link to Redocly stays.
    fn redoc() -> String {
        let page = aide::redoc::Redoc::new("").html();
        let (_, rest) = page.split_once("<script>").expect("aide's page has a script");
        let (bundle, _) = rest.rsplit_once("Redoc.init(").expect("aide's page starts Redoc after its bundle");
        bundle.replace("https://cdn.redoc.ly/redoc/logo-mini.svg", "data:,")
    }

    fn write_asset(name: &str, text: &str) {
        let folder = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
        let gzipped = gzip(without_source_map(text.trim()).as_bytes());
        fs::write(folder.join(format!("{name}.gz")), gzipped).expect("OUT_DIR can be written");
    }

    /// Developer tools would ask for the map that the last line names, and it is not served.
    fn without_source_map(text: &str) -> &str {
        match text.rsplit_once('\n') {
            Some((code, last)) if last.contains("# sourceMappingURL=") => code,
            _ => text,
        }
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let gzipped = encoder.write_all(bytes).and_then(|()| encoder.finish());
        gzipped.expect("memory takes every write")
    }
}

/// As much of the zip format as it takes to read a few files of one known archive.
#[cfg(feature = "docs-ui")]
mod zip {
    use std::io::Read as _;

    use flate2::read::DeflateDecoder;

    const DEFLATED: usize = 8;

    pub(super) struct Archive(pub(super) &'static [u8]);

    impl Archive {
        /// The one file whose path ends with `suffix`.
        pub(super) fn text(&self, suffix: &str) -> String {
            let entry = self.entry(suffix);
            assert_eq!(self.number(entry + 10, 2), DEFLATED, "{suffix} is not deflated");
            // The local header has a name and extra fields of its own lengths; the stream follows them.
            let local = self.number(entry + 42, 4);
            let start = local + 30 + self.number(local + 26, 2) + self.number(local + 28, 2);
            let stream = &self.0[start..][..self.number(entry + 20, 4)];
            let mut text = String::new();
            let read = DeflateDecoder::new(stream).read_to_string(&mut text);
            read.expect("Swagger UI's release is deflated UTF-8");
            text
        }

        /// Where the directory's entry for the path that ends with `suffix` begins.
        fn entry(&self, suffix: &str) -> usize {
            let mut signatures = self.0.windows(4);
            let end = signatures.rposition(|window| window == b"PK\x05\x06");
            let end = end.expect("a zip has a directory");
            let mut entry = self.number(end + 16, 4);
            for _ in 0..self.number(end + 10, 2) {
                let name_length = self.number(entry + 28, 2);
                if self.0[entry + 46..][..name_length].ends_with(suffix.as_bytes()) {
                    return entry;
                }
                entry += 46 + name_length + self.number(entry + 30, 2) + self.number(entry + 32, 2);
            }
            panic!("Swagger UI's release has no {suffix}");
        }

        /// A little-endian number.
        fn number(&self, at: usize, bytes: usize) -> usize {
            let bytes = self.0[at..][..bytes].iter().rev();
            bytes.fold(0, |number, byte| (number << 8) | usize::from(*byte))
        }
    }
}
