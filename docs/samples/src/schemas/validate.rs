// ANCHOR: validate
use kovar::prelude::*;

/// A stay in a hotel.
#[schema(validate = ends_after_it_starts)]
#[derive(Debug)]
pub struct Stay {
    #[field(validate = not_the_attic)]
    pub room: String,
    pub arrival: jiff::civil::Date,
    pub departure: jiff::civil::Date,
}

/// A text alone is an issue of the type `value_error`.
fn not_the_attic(room: &String) -> Result<(), &'static str> {
    if room == "attic" { Err("the attic is not for guests") } else { Ok(()) }
}

fn ends_after_it_starts(stay: &Stay) -> Result<(), Invalid> {
    if stay.departure > stay.arrival {
        return Ok(());
    }
    let invalid = Invalid::new("departure_before_arrival", "Departure should be after arrival");
    Err(invalid.with("arrival", stay.arrival.to_string()).at("departure"))
}
// ANCHOR_END: validate
