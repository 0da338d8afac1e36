//! Every rule with Pydantic's type, message and context.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kovar::contract::{Base64, Email, Hex, Invalid};
use kovar::schema;
use rust_decimal::Decimal;

use super::{check, check_types};

macro_rules! newtypes {
    ($($name:ident($($rule:tt)*);)*) => {$(
        #[schema]
        struct $name($($rule)*);
    )*};
}

newtypes! {
    Short(#[field(min_length = 2, max_length = 3)] String);
    One(#[field(min_length = 1, max_length = 1)] String);
    Sku(#[field(pattern = r"^[A-Z]{2}-\d+$")] String);
    Ascii(#[field(ascii_only)] String);
    Stripped(#[field(strip_whitespace, min_length = 2)] String);
    Lower(#[field(to_lower, pattern = "^[a-z]+$")] String);
    Upper(#[field(to_upper, strip_whitespace)] String);
    Between(#[field(gt = 1, lt = 10)] i64);
    Within(#[field(ge = 2, le = 9, multiple_of = 3)] i64);
    Ratio(#[field(ge = 0.5, lt = 1, multiple_of = 0.1)] f64);
    Single(#[field(le = 0.1)] f32);
    Open(#[field(allow_inf_nan)] f64);
    Price(#[field(gt = 0, le = 1_000_000, decimal_places = 2)] Decimal);
    Digits(#[field(max_digits = 4, decimal_places = 2)] Decimal);
    Blob(#[field(min_length = 2, max_length = 3)] Base64);
    Code(#[field(min_length = 2, max_length = 3)] Hex);
    Few(#[field(min_items = 2, max_items = 3)] Vec<i64>);
    Distinct(#[field(unique)] Vec<i64>);
    Group(#[field(min_items = 2)] BTreeSet<i64>);
    Map(#[field(max_items = 1, keys(min_length = 2), values(ge = 0))] BTreeMap<String, i64>);
    Past(#[field(past)] jiff::Timestamp);
    Future(#[field(future)] jiff::civil::Date);
    Random(#[field(uuid_version = 4)] uuid::Uuid);
    Web(#[field(schemes = ["http", "https"], max_length = 24)] url::Url);
}

#[test]
fn text_rules() {
    check::<Short>("\"a\"", &[r#"string_too_short at : String should have at least 2 characters {"min_length":2}"#]);
    check::<One>("\"\"", &[r#"string_too_short at : String should have at least 1 character {"min_length":1}"#]);
    check::<Short>("\"abcd\"", &[r#"string_too_long at : String should have at most 3 characters {"max_length":3}"#]);
    check::<Short>("5", &["string_type at : Input should be a valid string"]);
    check::<Sku>(
        "\"ab-1\"",
        &[r#"string_pattern_mismatch at : String should match pattern '^[A-Z]{2}-\d+$' {"pattern":"^[A-Z]{2}-\\d+$"}"#],
    );
    check::<Sku>(
        "\"AB-١\"",
        &[r#"string_pattern_mismatch at : String should match pattern '^[A-Z]{2}-\d+$' {"pattern":"^[A-Z]{2}-\\d+$"}"#],
    );
    check::<Ascii>("\"é\"", &["string_not_ascii at : String should contain only ASCII characters"]);
}

#[test]
fn lengths_count_scalar_values() {
    check::<Short>("\"𝄞𝄞𝄞\"", &[]);
    check::<Short>("\"e\u{301}\"", &[]);
    check_types::<Short>("\"𝄞𝄞𝄞𝄞\"", &["string_too_long"]);
    check_types::<Short>("\"𝄞\"", &["string_too_short"]);
    check_types::<Short>("\"\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\"", &["string_too_long"]);
}

#[test]
fn texts_are_changed_before_they_are_judged() {
    let read = |body: &str| kovar::contract::read_json::<Upper>(body.as_bytes()).map(|upper| upper.0);
    assert_eq!(read("\" straße \"").as_deref(), Ok("STRASSE"));
    check_types::<Stripped>("\" a \"", &["string_too_short"]);
    check::<Lower>("\"ABC\"", &[]);
    check_types::<Lower>("\"A C\"", &["string_pattern_mismatch"]);
}

#[test]
fn integer_rules() {
    check::<Between>("1", &[r#"greater_than at : Input should be greater than 1 {"gt":1}"#]);
    check::<Between>("10", &[r#"less_than at : Input should be less than 10 {"lt":10}"#]);
    check::<Within>(
        "1",
        &[
            r#"greater_than_equal at : Input should be greater than or equal to 2 {"ge":2}"#,
            r#"multiple_of at : Input should be a multiple of 3 {"multiple_of":3}"#,
        ],
    );
    check::<Within>("12", &[r#"less_than_equal at : Input should be less than or equal to 9 {"le":9}"#]);
    check::<Within>(
        "1.5",
        &["int_from_float at : Input should be a valid integer, got a number with a fractional part"],
    );
    check::<Within>("3.0", &[]);
    check::<Within>("\"3\"", &["int_type at : Input should be a valid integer"]);
    check::<Within>("true", &["int_type at : Input should be a valid integer"]);
}

#[test]
fn a_number_out_of_its_width_is_never_wrapped() {
    fn width<T: kovar::contract::Input + std::fmt::Display>(lowest: T, highest: T) {
        let (below, above) = (lower(&lowest.to_string()), raised(&highest.to_string()));
        check::<T>(&lowest.to_string(), &[]);
        check::<T>(&highest.to_string(), &[]);
        let issue = format!("int_parsing_size at : Input should be an integer from {lowest} to {highest}");
        check::<T>(&below, &[&issue]);
        check::<T>(&above, &[&issue]);
        check::<T>("-0", &[]);
        check::<T>("10e-1", &[]);
        check::<T>("1.0", &[]);
        check_types::<T>("1.5", &["int_from_float"]);
        check_types::<T>("1e40", &["int_parsing_size"]);
        check_types::<T>("99999999999999999999999999999999999999999999", &["int_parsing_size"]);
    }
    width(i8::MIN, i8::MAX);
    width(i16::MIN, i16::MAX);
    width(i32::MIN, i32::MAX);
    width(i64::MIN, i64::MAX);
    width(i128::MIN, i128::MAX);
    width(isize::MIN, isize::MAX);
    width(u8::MIN, u8::MAX);
    width(u16::MIN, u16::MAX);
    width(u32::MIN, u32::MAX);
    width(u64::MIN, u64::MAX);
    width(u128::MIN, u128::MAX);
    width(usize::MIN, usize::MAX);
    check_types::<std::num::NonZeroU16>("0", &["greater_than_equal"]);
    check_types::<std::num::NonZeroU16>("65536", &["int_parsing_size"]);
}

/// The next integer below one that is written in digits.
fn lower(digits: &str) -> String {
    match digits.strip_prefix('-') {
        Some(magnitude) => format!("-{}", raised(magnitude)),
        None => "-1".to_owned(),
    }
}

/// The next integer above.
fn raised(digits: &str) -> String {
    let mut raised: Vec<u8> = digits.bytes().collect();
    for digit in raised.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return String::from_utf8(raised).unwrap();
        }
        *digit = b'0';
    }
    format!("1{}", String::from_utf8(raised).unwrap())
}

#[test]
fn float_rules() {
    check::<Ratio>("0.4", &[r#"greater_than_equal at : Input should be greater than or equal to 0.5 {"ge":0.5}"#]);
    check::<Ratio>("0.7", &[]);
    check_types::<Ratio>("0.75", &["multiple_of"]);
    check::<Ratio>("1e999", &["finite_number at : Input should be a finite number"]);
    check::<Ratio>("\"0.7\"", &["float_type at : Input should be a valid number"]);
    check_types::<Open>("1e999", &["finite_number"]);
    check::<Single>("0.1", &[]);
    check_types::<f32>("1e39", &["finite_number"]);
    check::<f64>("Infinity", &["unexpected character at line 1 column 1"]);
    check::<f64>("NaN", &["unexpected character at line 1 column 1"]);
}

#[test]
fn decimal_rules() {
    for right in ["0.01", "\"0.01\"", "1000000", "\"1000000.00\"", "0.57", "12.340"] {
        check::<Price>(right, &[]);
    }
    check::<Price>("0", &[r#"greater_than at : Input should be greater than 0 {"gt":0}"#]);
    check::<Price>(
        "\"1000000.01\"",
        &[r#"less_than_equal at : Input should be less than or equal to 1000000 {"le":1000000}"#],
    );
    check::<Price>(
        "1.005",
        &[r#"decimal_max_places at : Decimal input should have no more than 2 decimal places {"decimal_places":2}"#],
    );
    check::<Digits>(
        "\"12345\"",
        &[r#"decimal_max_digits at : Decimal input should have no more than 4 digits in total {"max_digits":4}"#],
    );
    check::<Digits>(
        "\"123\"",
        &[
            r#"decimal_whole_digits at : Decimal input should have no more than 2 digits before the decimal point {"whole_digits":2}"#,
        ],
    );
    check::<Price>("\"ten\"", &["decimal_parsing at : Input should be a valid decimal"]);
    check::<Price>("1e999", &["decimal_parsing at : Input should be a valid decimal"]);
    check::<Price>("[]", &["decimal_type at : Decimal input should be an integer, float, string or Decimal object"]);
}

#[test]
fn what_a_double_makes_of_a_decimal_is_that_decimal() {
    let price = kovar::contract::read_json::<Price>((57.0 * 0.01).to_string().as_bytes()).unwrap();
    assert_eq!(price.0, Decimal::new(57, 2));
}

#[test]
fn binary_rules() {
    check::<Blob>("\"AQI=\"", &[]);
    check::<Blob>("\"AQ==\"", &[r#"bytes_too_short at : Data should have at least 2 bytes {"min_length":2}"#]);
    check::<Blob>("\"AQIDBA==\"", &[r#"bytes_too_long at : Data should have at most 3 bytes {"max_length":3}"#]);
    check_types::<Blob>("\"@@\"", &["bytes_invalid_encoding"]);
    check_types::<Blob>("\"AQI\"", &["bytes_invalid_encoding"]);
    check::<Blob>("5", &["bytes_type at : Input should be a valid bytes"]);
    check::<Code>("\"00fF\"", &[]);
    check_types::<Code>("\"00f\"", &["bytes_invalid_encoding"]);
    check_types::<Code>("\"zz\"", &["bytes_invalid_encoding"]);
    check_types::<Code>("\"00\"", &["bytes_too_short"]);
}

#[test]
fn collection_rules() {
    check::<Few>(
        "[1]",
        &[
            r#"too_short at : List should have at least 2 items after validation, not 1 {"field_type":"List","min_length":2,"actual_length":1}"#,
        ],
    );
    check_types::<Few>("[1, 2, 3, 4]", &["too_long"]);
    check_types::<Few>("[null, 2, 3, 4]", &["int_type", "too_long"]);
    check::<Few>("{}", &["list_type at : Input should be a valid list"]);
    check::<Distinct>("[1, 2, 1]", &[r#"unique_items at : Items should be unique {"index":2}"#]);
    let many: Vec<i64> = (0..1_000).chain([500]).collect();
    check_types::<Distinct>(&format!("{many:?}"), &["unique_items"]);
    check_types::<Group>("[1, 1]", &["too_short"]);
    check::<Group>("5", &["set_type at : Input should be a valid set"]);
    check_types::<(i64, bool)>("[1]", &["missing"]);
    check_types::<(i64, bool)>("[1, true, 2]", &["too_long"]);
    check::<(i64, bool)>("null", &["tuple_type at : Input should be a valid tuple"]);
}

#[test]
fn map_rules() {
    check::<Map>(r#"{"ab": 1}"#, &[]);
    check::<Map>(
        r#"{"a": -1}"#,
        &[
            r#"string_too_short at /a: String should have at least 2 characters {"min_length":2}"#,
            r#"greater_than_equal at /a: Input should be greater than or equal to 0 {"ge":0}"#,
        ],
    );
    check_types::<Map>(r#"{"ab": 1, "cd": 2}"#, &["too_long"]);
    check::<Map>("[]", &["dict_type at : Input should be a valid dictionary"]);
    check::<HashMap<i64, bool>>(r#"{"1": true, "-2": false}"#, &[]);
    for key in ["01", "+1", "-0", "1.0", " 1", "1e2", "a", ""] {
        check_types::<HashMap<i64, bool>>(&format!(r#"{{"{key}": true}}"#), &["int_type"]);
    }
    check::<HashMap<bool, u8>>(r#"{"true": 1, "false": 2}"#, &[]);
    // `serde_json` panics on this key where a map asks for booleans.
    check_types::<HashMap<bool, u8>>(r#"{"éa": 1}"#, &["bool_type"]);
}

#[schema]
struct Keyed {
    #[field(keys(to_lower, strip_whitespace))]
    by_name: BTreeMap<String, i64>,
    #[field(items(to_lower, strip_whitespace, min_length = 1), min_items = 2)]
    names: BTreeSet<String>,
}

#[test]
fn keys_are_refused_rather_than_changed_and_items_of_sets_are_changed() {
    let read = |body: &str| kovar::contract::read_json::<Keyed>(body.as_bytes());
    let keyed = read(r#"{"by_name": {"a": 1}, "names": [" A", "b"]}"#).unwrap();
    assert_eq!(keyed.names, BTreeSet::from(["a".to_owned(), "b".to_owned()]));
    assert_eq!(keyed.by_name.len(), 1);
    check_types::<Keyed>(r#"{"by_name": {}, "names": [" A", "a"]}"#, &["too_short"]);
    check::<Keyed>(
        r#"{"by_name": {"A": 1}, "names": ["a", "b"]}"#,
        &["value_error at /by_name/A: Value error, the key should be written as 'a'"],
    );
}

#[test]
fn time_rules() {
    check::<Past>("\"2024-02-29T12:00:00Z\"", &[]);
    check::<Past>("\"2999-01-01T00:00:00Z\"", &["datetime_past at : Input should be a datetime in the past"]);
    check::<Past>("\"2024-02-29T12:00:00\"", &["timezone_aware at : Input should have timezone info"]);
    check_types::<Past>("\"2024-02-30T12:00:00Z\"", &["datetime_parsing"]);
    check::<Past>("5", &["datetime_type at : Input should be a valid datetime"]);
    check::<Future>("\"2001-01-01\"", &["date_future at : Input should be a date in the future"]);
    check_types::<Future>("\"2023-02-29\"", &["date_parsing"]);
    check_types::<jiff::civil::Time>("\"25:00:00\"", &["time_parsing"]);
    check_types::<jiff::SignedDuration>("\"soon\"", &["time_delta_parsing"]);
    check_types::<jiff::civil::DateTime>("\"2024-02-29\"", &[]);
}

#[test]
fn format_rules() {
    check::<Random>("\"67e55044-10b1-426f-9247-bb680e5fe0c8\"", &[]);
    check::<Random>(
        "\"01890a5d-ac96-774b-bcce-b302099a8057\"",
        &[r#"uuid_version at : UUID version 4 expected {"expected_version":4}"#],
    );
    check_types::<Random>("\"x\"", &["uuid_parsing"]);
    check::<Random>("5", &["uuid_type at : UUID input should be a string"]);
    check::<Web>(
        "\"ftp://a.example\"",
        &[r#"url_scheme at : URL scheme should be 'http' or 'https' {"expected_schemes":"'http' or 'https'"}"#],
    );
    check::<Web>(
        "\"https://example.org/0123456\"",
        &[r#"url_too_long at : URL should have at most 24 characters {"max_length":24}"#],
    );
    check_types::<Web>("\"//a\"", &["url_parsing"]);
    check_types::<Email>("\"a\"", &["value_error"]);
    check_types::<std::net::Ipv4Addr>("\"256.0.0.1\"", &["ip_v4_address"]);
    check_types::<std::net::Ipv6Addr>("\"127.0.0.1\"", &["ip_v6_address"]);
    check_types::<std::net::IpAddr>("\"a\"", &["ip_any_address"]);
    check_types::<ipnet::Ipv4Net>("\"10.0.0.0/33\"", &["ip_v4_network"]);
    check_types::<ipnet::IpNet>("\"10.0.0.0\"", &["ip_any_network"]);
    check_types::<char>("\"ab\"", &["string_too_long"]);
    check_types::<char>("\"\"", &["string_too_short"]);
}

#[schema(validate = ends_after_it_starts)]
struct Period {
    start: i64,
    #[field(validate = is_even)]
    end: i64,
    #[field(validate = is_even)]
    step: Option<i64>,
}

fn is_even(number: &i64) -> Result<(), Invalid> {
    if number % 2 == 0 {
        return Ok(());
    }
    Err(Invalid::new("odd_number", format!("{number} is odd")).with("remainder", 1))
}

fn ends_after_it_starts(period: &Period) -> Result<(), Invalid> {
    if period.start < period.end {
        return Ok(());
    }
    Err(Invalid::value("Value error, it ends before it starts").at("end").and(Invalid::value("no").at("start")))
}

#[test]
fn validators_have_their_own_type_message_context_and_place() {
    check::<Period>(
        r#"{"start": 1, "end": 3, "step": 5}"#,
        &[r#"odd_number at /end: 3 is odd {"remainder":1}"#, r#"odd_number at /step: 5 is odd {"remainder":1}"#],
    );
    check::<Period>(
        r#"{"start": 3, "end": 2}"#,
        &["value_error at /end: Value error, it ends before it starts", "value_error at /start: no"],
    );
    check::<Period>(r#"{"start": "3", "end": 2}"#, &["int_type at /start: Input should be a valid integer"]);
}
