//! The names of types as users write them: `Tx`, not `kovar_data::transaction::Tx`.

/// A type's name without the modules that it stands in.
pub(crate) fn short_of<T: ?Sized>() -> String {
    short(std::any::type_name::<T>())
}

/// A name of [`std::any::type_name`] without modules, in its generic arguments, too.
pub(crate) fn short(name: &str) -> String {
    // A type in a function stands in `function::{{closure}}`.
    let is_path = |character: char| character.is_alphanumeric() || "_:{}#".contains(character);
    let mut shown = String::new();
    let mut rest = name;
    while !rest.is_empty() {
        let (path, behind) = rest.split_at(rest.find(|character| !is_path(character)).unwrap_or(rest.len()));
        shown.push_str(path.rsplit("::").next().unwrap_or_default());
        let mut others = behind.chars();
        shown.extend(others.next());
        rest = others.as_str();
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_left_out() {
        assert_eq!(short("kovar_data::transaction::Tx"), "Tx");
        assert_eq!(short("alloc::vec::Vec<(a::B, &c::d::E)>"), "Vec<(B, &E)>");
        assert_eq!(short("dyn a::Clock"), "dyn Clock");
        assert_eq!(short("a::b::{{closure}}::C"), "C");
        assert_eq!(short("u8"), "u8");
        assert_eq!(short_of::<Option<String>>(), "Option<String>");
    }
}
