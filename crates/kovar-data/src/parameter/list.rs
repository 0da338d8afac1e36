//! Lists, for `in`, and rows, for inserting many.

use crate::parameter::{Kind, Parameter, ToParameter};

/// Binds each value of a list, for `in`.
///
/// An empty list has no member, and `not in` of one holds for everything. The values are repeated up to a power of two,
/// so that lists of all lengths make few different statements.
///
/// ```
/// # use kovar_data::{List, sql};
/// let ids = [3, 7, 9];
/// let statement = sql!("select * from products where id in {List(&ids)}"); // id in ($1, $2, $3, $4)
/// ```
#[derive(Clone, Copy, Debug)]
pub struct List<'l, T>(pub &'l [T]);

impl<T: ToParameter> ToParameter for List<'_, T> {
    fn to_parameter(&self) -> Parameter {
        let values = self.0.iter().map(|value| match value.to_parameter() {
            Parameter(Kind::List(_)) => Parameter(Kind::Refused("a list cannot be in a list")),
            value => value,
        });
        let mut values: Vec<_> = values.collect();
        if let Some(last) = values.last().cloned() {
            values.resize(values.len().next_power_of_two(), last);
        }
        Parameter(Kind::List(values))
    }
}

/// A row that [`Db::insert_many`](crate::Db::insert_many) can insert: a tuple of up to sixteen parameters.
pub trait ToRow {
    /// The values, in the order of the columns.
    fn to_row(&self) -> Vec<Parameter>;
}

impl ToRow for Vec<Parameter> {
    fn to_row(&self) -> Vec<Parameter> {
        self.clone()
    }
}

impl<R: ToRow> ToRow for &R {
    fn to_row(&self) -> Vec<Parameter> {
        R::to_row(self)
    }
}

macro_rules! rows {
    ($($name:ident)*) => {
        impl<$($name: ToParameter),*> ToRow for ($($name,)*) {
            #[allow(non_snake_case)]
            fn to_row(&self) -> Vec<Parameter> {
                let ($($name,)*) = self;
                vec![$($name.to_parameter()),*]
            }
        }
    };
}

rows!(A);
rows!(A B);
rows!(A B C);
rows!(A B C D);
rows!(A B C D E);
rows!(A B C D E F);
rows!(A B C D E F G);
rows!(A B C D E F G H);
rows!(A B C D E F G H I);
rows!(A B C D E F G H I J);
rows!(A B C D E F G H I J K);
rows!(A B C D E F G H I J K L);
rows!(A B C D E F G H I J K L M);
rows!(A B C D E F G H I J K L M N);
rows!(A B C D E F G H I J K L M N O);
rows!(A B C D E F G H I J K L M N O P);
