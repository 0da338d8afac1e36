//! A compile error is part of the interface: what each mistake of a newcomer is answered with.
//!
//! `TRYBUILD=overwrite cargo test -p kovar --test main compile_errors` writes the answers anew.

#[test]
fn mistakes_in_operations_and_problems_are_explained() {
    trybuild::TestCases::new().compile_fail("tests/ui/operation/*.rs");
}
