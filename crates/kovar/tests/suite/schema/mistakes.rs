//! What the compiler says to mistakes that newcomers make.

#[test]
fn mistakes_are_explained() {
    trybuild::TestCases::new().compile_fail("tests/ui/schema/*.rs");
}
