use super::*;

#[test]
fn half_of_tls_is_told() {
    let finding = half("KOVAR_TLS_CERT", "KOVAR_TLS_KEY");
    finding::assert_finding(&finding, Verdict::Fail, "KOVAR_TLS_CERT is set, and KOVAR_TLS_KEY is not");
}

#[test]
fn every_check_that_is_not_well_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    for check in examine(folder.path()) {
        assert_eq!(check.finding.verdict == Verdict::Ok, check.finding.advice.is_none(), "{check:?}");
    }
}
