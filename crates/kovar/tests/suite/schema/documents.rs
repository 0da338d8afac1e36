//! What the JSON Schema says, and that serde's own derive agrees about names.

use kovar::contract::json_schema::standalone;
use kovar::contract::{Direction, Output};
use kovar::schema;
use rust_decimal::Decimal;

/// A product of the shop.
///
/// It has a price.
#[schema(title = "A product", example = Product::first(), computed(/** With tax. */ gross: Decimal = Product::gross))]
struct Product {
    /// What customers read.
    #[field(min_length = 1, max_length = 100, example = "Tea", title = "The name")]
    name: String,
    #[field(gt = 0, le = 1_000_000, decimal_places = 2)]
    price: Decimal,
    #[field(default = 0, ge = 0)]
    stock: i64,
    #[deprecated]
    #[serde(skip_deserializing)]
    id: u64,
}

#[allow(deprecated)]
impl Product {
    fn first() -> Self {
        Self { name: "Tea".into(), price: Decimal::new(150, 2), stock: 3, id: 7 }
    }

    fn gross(&self) -> Decimal {
        self.price * Decimal::new(12, 1)
    }
}

fn field<T: kovar::contract::Schema>(direction: Direction, pointer: &str) -> String {
    let schema = standalone::<T>(direction);
    schema.pointer(pointer).map(ToString::to_string).unwrap_or_default()
}

#[test]
fn titles_descriptions_examples_defaults_and_computed_fields_are_documented() {
    let of = |direction, pointer: &str| field::<Product>(direction, &format!("/$defs/Product{pointer}"));
    assert_eq!(of(Direction::Input, "/title"), "\"A product\"");
    assert_eq!(of(Direction::Input, "/description"), "\"A product of the shop.\\n\\nIt has a price.\"");
    assert_eq!(of(Direction::Input, "/required"), r#"["name","price"]"#);
    assert_eq!(of(Direction::Output, "/required"), r#"["name","price","stock","id","gross"]"#);
    assert_eq!(of(Direction::Input, "/properties/stock/default"), "0");
    assert_eq!(of(Direction::Input, "/properties/id"), "");
    assert_eq!(of(Direction::Output, "/properties/id/deprecated"), "true");
    assert_eq!(of(Direction::Output, "/properties/gross/readOnly"), "true");
    assert_eq!(of(Direction::Output, "/properties/gross/description"), "\"With tax.\"");
    assert_eq!(of(Direction::Input, "/properties/name/examples"), r#"["Tea"]"#);
    assert_eq!(of(Direction::Input, "/properties/name/title"), "\"The name\"");
    assert!(of(Direction::Input, "/examples").contains("\"price\":\"1.50\""));
}

#[test]
fn a_computed_field_is_written() {
    let text = serde_json::to_string(&Product::first()).unwrap();
    assert_eq!(text, r#"{"name":"Tea","price":"1.50","stock":3,"id":7,"gross":"1.800"}"#);
}

// What is no literal is not compared with the width when the type compiles.
const LOWEST: i32 = -1000;
const HIGHEST: i32 = 1000;

#[schema]
struct Bounded {
    #[field(gt = LOWEST, le = HIGHEST)]
    byte: u8,
    #[field(gt = 5, le = 6)]
    narrow: u8,
}

#[test]
fn a_bound_beyond_the_width_of_its_type_gives_way_to_the_width() {
    assert_eq!(
        field::<Bounded>(Direction::Input, "/$defs/Bounded/properties/byte"),
        r#"{"type":"integer","format":"uint8","minimum":0,"maximum":255}"#
    );
    assert_eq!(
        field::<Bounded>(Direction::Input, "/$defs/Bounded/properties/narrow"),
        r#"{"type":"integer","format":"uint8","exclusiveMinimum":5,"maximum":6}"#
    );
}

macro_rules! cases {
    ($($module:ident $case:literal;)*) => {$(
        #[allow(non_camel_case_types, non_snake_case, dead_code)]
        mod $module {
            #[kovar::schema]
            #[serde(rename_all = $case)]
            #[derive(Default)]
            pub(super) struct Ours { a: u8, first_name: u8, b2_c: u8, _leading: u8, trailing_: u8, double__two: u8, r#type: u8, straße_é: u8 }

            #[derive(Default, serde::Serialize)]
            #[serde(rename_all = $case)]
            pub(super) struct Theirs { a: u8, first_name: u8, b2_c: u8, _leading: u8, trailing_: u8, double__two: u8, r#type: u8, straße_é: u8 }

            #[kovar::schema]
            #[serde(rename_all = $case)]
            pub(super) enum OurEnum { A, FirstName, B2C, HTTPServer, Größe, Snake_Case }

            #[derive(serde::Serialize)]
            #[serde(rename_all = $case)]
            pub(super) enum TheirEnum { A, FirstName, B2C, HTTPServer, Größe, Snake_Case }
        }
    )*

        #[test]
        #[allow(non_snake_case)]
        fn names_are_those_of_serde() {
            $({
                let theirs = serde_json::to_string(&$module::Theirs::default()).unwrap();
                assert_eq!(serde_json::to_string(&$module::Ours::default()).unwrap(), theirs);
                kovar::contract::read_json::<$module::Ours>(theirs.as_bytes()).unwrap_or_else(|_| panic!("{theirs}"));
                let documented = documented_names::<$module::Ours>();
                for name in &documented {
                    assert!(theirs.contains(&format!("\"{name}\":")), "{name} in {theirs}");
                }
                assert_eq!(documented.len(), 8);
                type O = $module::OurEnum;
                type T = $module::TheirEnum;
                let pairs = [(O::A, T::A), (O::FirstName, T::FirstName), (O::B2C, T::B2C), (O::HTTPServer, T::HTTPServer), (O::Größe, T::Größe), (O::Snake_Case, T::Snake_Case)];
                for (ours, theirs) in pairs {
                    let theirs = serde_json::to_string(&theirs).unwrap();
                    assert_eq!(serde_json::to_string(&ours).unwrap(), theirs);
                    kovar::contract::read_json::<O>(theirs.as_bytes()).unwrap_or_else(|_| panic!("{theirs}"));
                }
            })*
        }
    };
}

cases! {
    lower "lowercase";
    upper "UPPERCASE";
    pascal "PascalCase";
    camel "camelCase";
    snake "snake_case";
    screaming_snake "SCREAMING_SNAKE_CASE";
    kebab "kebab-case";
    screaming_kebab "SCREAMING-KEBAB-CASE";
}

fn documented_names<T: Output>() -> Vec<String> {
    let schema = standalone::<T>(Direction::Output);
    let properties = schema.pointer("/$defs/Ours/properties").and_then(|properties| properties.as_object()).unwrap();
    properties.iter().map(|(name, _)| name.to_owned()).collect()
}
