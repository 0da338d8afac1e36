//! Sizes and times as people write and read them.

use std::time::Duration;

const UNITS: [(&str, u64); 4] = [("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10), ("B", 1)];

/// Reads `300MB`, `1G` or `4096`. One MB is 1024 × 1024 bytes, as in PM2.
///
/// # Errors
///
/// When it is no positive size.
pub(crate) fn bytes(text: &str) -> Result<u64, String> {
    let refused = || format!("`{text}` is no size: write 300MB, 1GB, or a number of bytes");
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = text[digits.len()..].to_ascii_uppercase();
    let is_unit = |name: &str| unit == name || unit == name[..1];
    let size = match unit.as_str() {
        "" => 1,
        _ => UNITS.iter().find(|(name, _)| is_unit(name)).ok_or_else(refused)?.1,
    };
    let count: u64 = digits.trim_end().parse().map_err(|_| refused())?;
    count.checked_mul(size).filter(|&bytes| bytes > 0).ok_or_else(refused)
}

/// A size in its largest unit: `42.1 MB`.
pub(crate) fn show_bytes(bytes: u64) -> String {
    match UNITS.iter().find(|(_, size)| bytes >= *size) {
        Some((unit, size)) if *size > 1 => format!("{:.1} {unit}", bytes as f64 / *size as f64),
        _ => format!("{bytes} B"),
    }
}

/// A time in its largest unit, as PM2 shows it: `12s`, `5m`, `3h`, `8D`.
pub(crate) fn show_duration(duration: Duration) -> String {
    match duration.as_secs() {
        seconds @ 0..60 => format!("{seconds}s"),
        seconds @ 60..3_600 => format!("{}m", seconds / 60),
        seconds @ 3_600..86_400 => format!("{}h", seconds / 3_600),
        seconds => format!("{}D", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        let cases = [("4096", 4096), ("300MB", 300 << 20), ("300m", 300 << 20), ("1 GB", 1 << 30), ("5K", 5 << 10)];
        for (text, expected) in cases {
            assert_eq!(bytes(text), Ok(expected), "{text}");
        }
        for text in ["", "MB", "-1", "0", "3 meters", "1.5GB", "99999999999GB", "µ"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_and_times_are_shown() {
        assert_eq!(show_bytes(12), "12 B");
        assert_eq!(show_bytes(44_145_050), "42.1 MB");
        assert_eq!(show_duration(Duration::from_secs(59)), "59s");
        assert_eq!(show_duration(Duration::from_secs(7_300)), "2h");
        assert_eq!(show_duration(Duration::from_secs(200_000)), "2D");
    }
}
