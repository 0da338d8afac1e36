use guide_samples::schemas::computed::CartItem;
use guide_samples::schemas::newtype::OrderLine;
use guide_samples::schemas::optional::Settings;
use guide_samples::schemas::partial::{Note, NotePatch, apply};
use guide_samples::schemas::rules::SignUp;
use guide_samples::schemas::secret::{Credentials, is_right};
use guide_samples::schemas::union::Payment;
use guide_samples::schemas::validate::Stay;
use kovar::Input;
use kovar::contract::{Unreadable, read_json};

/// The types of the issues with where they are.
fn issues<T: Input>(text: &str) -> Vec<String> {
    match read_json::<T>(text.as_bytes()) {
        Ok(_) => Vec::new(),
        Err(Unreadable::Issues(issues)) => {
            issues.iter().map(|issue| format!("{} {}", issue.pointer(), issue.kind)).collect()
        }
        Err(Unreadable::Syntax(error)) => vec![error.to_string()],
    }
}

fn read<T: Input>(text: &str) -> T {
    read_json(text.as_bytes()).unwrap_or_else(|_| panic!("{:?}", issues::<T>(text)))
}

#[test]
fn rules_are_all_checked_at_once() {
    let good = r#"{"name":"Ada_L","email":"ada@Example.org","password":"correct horse","topics":["tea"]}"#;
    assert_eq!(read::<SignUp>(good).name, "ada_l");
    let bad = r#"{"name":"a","email":"ada","password":"short","born":12,"topics":["tea","tea",""]}"#;
    let expected = [
        "/name string_too_short",
        "/email value_error",
        "/password string_too_short",
        "/born greater_than_equal",
        "/topics/2 string_too_short",
    ];
    assert_eq!(issues::<SignUp>(bad), expected);
    let twice = r#"{"name":"ada","email":"a@b.org","password":"correct horse","topics":["tea","tea"]}"#;
    assert_eq!(issues::<SignUp>(twice), ["/topics unique_items"]);
}

#[test]
fn a_newtype_has_its_rules_wherever_it_stands() {
    assert_eq!(read::<OrderLine>(r#"{"sku":"LMP-0042"}"#).quantity, 1);
    assert_eq!(issues::<OrderLine>(r#"{"sku":"lamp"}"#), ["/sku string_pattern_mismatch"]);
}

#[test]
fn absent_null_and_default_are_told_apart() {
    let settings: Settings = read(r#"{"name":"Ada","manager":null}"#);
    assert_eq!((settings.nickname, settings.city, settings.page_size), (None, None, 20));
    assert_eq!(issues::<Settings>(r#"{"name":"Ada"}"#), ["/manager missing"]);
    assert_eq!(issues::<Settings>(r#"{"name":"Ada","manager":null,"city":null}"#), ["/city string_type"]);
}

#[test]
fn a_union_says_which_variants_there_are() {
    assert_eq!(read::<Payment>(r#"{"method":"cash"}"#), Payment::Cash);
    assert_eq!(issues::<Payment>(r#"{"method":"shells"}"#), [" union_tag_invalid"]);
    assert_eq!(issues::<Payment>(r#"{"method":"card","number":"1"}"#), ["/number string_pattern_mismatch"]);
}

#[test]
fn a_patch_changes_what_is_named() {
    let mut note = Note { title: "Milk".to_owned(), text: Some("two".to_owned()) };
    apply(read::<NotePatch>(r#"{"text":null}"#), &mut note);
    assert_eq!(note, Note { title: "Milk".to_owned(), text: None });
    assert_eq!(issues::<NotePatch>(r#"{"title":null}"#), ["/title string_type"]);
    assert_eq!(issues::<NotePatch>(r#"{"title":""}"#), ["/title string_too_short"]);
}

#[test]
fn validators_have_types_of_their_own() {
    let stay = |room, departure| format!(r#"{{"room":"{room}","arrival":"2026-12-24","departure":"{departure}"}}"#);
    assert!(issues::<Stay>(&stay("7", "2026-12-27")).is_empty());
    assert_eq!(issues::<Stay>(&stay("attic", "2026-12-27")), ["/room value_error"]);
    assert_eq!(issues::<Stay>(&stay("7", "2026-12-24")), ["/departure departure_before_arrival"]);
}

#[test]
fn a_computed_field_is_written_and_not_read() {
    let item: CartItem = read(r#"{"price":"2.50","quantity":3,"total":"1"}"#);
    let written = kovar::contract::json::to_value(&item).expect("it is JSON");
    assert_eq!(written.to_string(), r#"{"price":"2.50","quantity":3,"total":"7.50"}"#);
}

#[test]
fn a_secret_is_not_shown() {
    let credentials: Credentials = read(r#"{"name":"ada","password":"a long enough password"}"#);
    assert!(is_right(&credentials));
    assert!(!format!("{credentials:?}").contains("long enough"));
}
