use kovar::schema;

#[schema]
struct Paging {
    #[field(le = 10, default = 20)]
    limit: u32,
    #[field(min_length = 3, default = "ab")]
    order: String,
}

fn main() {}
