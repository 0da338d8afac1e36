//! What every database does alike: one code base runs on each.

pub(crate) mod check;
pub(crate) mod disk;
pub(crate) mod hostile;
pub(crate) mod many;
pub(crate) mod outbox;
pub(crate) mod queries;
pub(crate) mod redoing;
pub(crate) mod slow;
pub(crate) mod transactions;
pub(crate) mod values;

use kovar_data::{Db, sql};

/// Declares a test for each promise; `$open` gives an empty database, and what keeps it.
macro_rules! promises {
    ($open:path) => {
        $crate::shared::tests! { $open:
            check {
                what_does_not_fit_is_told
            }
            hostile {
                hostile_text_stays_text
                hostile_text_is_harmless_in_every_kind_of_parameter
                hostile_text_is_harmless_on_every_way
            }
            many {
                lists_are_for_in
                a_batch_is_all_or_nothing
                many_rows_are_inserted_or_none
                rows_are_streamed
                transactions_are_kept_apart
            }
            outbox {
                what_commits_is_published_and_nothing_else
                a_late_commit_is_not_skipped
                keys_have_an_order_each
                a_message_that_is_refused_holds_up_its_key_and_is_parked
                a_publisher_that_hangs_holds_up_its_message_only
                a_relay_that_dies_is_followed_by_another
                a_delivery_is_the_first_once
                a_publisher_that_is_broken_ends_nothing
                a_key_does_not_wait_for_another
                deliveries_of_long_ago_are_forgotten
            }
            queries {
                rows_become_types
                one_is_exactly_one
                conditions_are_put_together
                violations_are_told_apart
                errors_hold_no_values
                statements_that_make_no_sense_are_errors
                a_placeholder_of_the_text_is_refused
                a_statement_follows_the_schema
                sums_and_averages_are_numbers
            }
            redoing {
                the_last_one_is_undone_and_applied_again
                a_way_down_may_be_added_later
                what_cannot_be_undone_is_left_as_it_is
            }
            transactions {
                a_commit_is_seen_and_not_before
                a_rollback_and_a_drop_take_everything_back
                a_transaction_that_is_over_says_so
                a_refused_statement_ends_the_transaction
                what_is_done_after_a_commit_is_done_then_only
                an_attempt_takes_nothing_along
                attempts_may_be_inside_each_other
                an_attempt_that_hides_a_failure_is_undone
                an_attempt_that_is_broken_off_ends_the_transaction
                a_refused_parameter_leaves_the_transaction
                a_commit_that_a_constraint_refuses_rolls_back
                dropped_futures_leave_the_database_in_order
            }
            values {
                every_type_comes_back
                nothing_is_null
                what_serde_writes_comes_back
                decimals_are_exact_and_sort_as_numbers
                what_does_not_fit_is_a_mapping_error
            }
        }
    };
}

macro_rules! tests {
    ($open:path: $($module:ident { $($name:ident)* })*) => {$(
        mod $module {
            $(
                #[tokio::test]
                async fn $name() {
                    let (db, _kept) = $open().await;
                    crate::shared::$module::$name(db).await;
                }
            )*
        }
    )*};
}

pub(crate) use {promises, tests};

async fn with_numbers(db: &Db) {
    db.execute(sql!("create table numbers (n bigint primary key)")).await.unwrap();
}

async fn numbers(db: &Db) -> Vec<i64> {
    db.all(sql!("select n from numbers order by n")).await.unwrap()
}
