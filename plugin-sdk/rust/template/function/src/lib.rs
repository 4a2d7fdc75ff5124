//! What the functions are for.

use plutino_plugin::{export_scalars, parameter, Column, Error, Function, Result, Results, Scalar, Value, ValueType};

/// The functions of this plugin; statements are checked by these declarations.
const FUNCTIONS: &[Scalar] = &[
    Scalar::row(
        Function::new(
            "slug",
            "A text as part of a URL: lower case, with dashes.",
            &[parameter("text", ValueType::Text)],
            ValueType::Text,
        ),
        slug,
    ),
    Scalar::batch(
        Function::new(
            "distance",
            "How far a point is from the origin.",
            &[parameter("x", ValueType::Float), parameter("y", ValueType::Float)],
            ValueType::Float,
        ),
        distance,
    ),
];

export_scalars!(FUNCTIONS);

/// Called for each row. The text of an error is that of the row.
fn slug(args: &[Value]) -> std::result::Result<Value, String> {
    let text = args[0].as_text().ok_or("expected a text")?;
    Ok(Value::Text(text.trim().to_lowercase().replace(' ', "-")))
}

/// Called for many rows at once, which is faster. Parameters of type float, int and text come as one list without nulls.
fn distance(_rows: u32, args: &[Column]) -> Result<Results> {
    match args {
        [Column::Floats(x), Column::Floats(y)] => Ok(Results::of(Column::Floats(x.iter().zip(y).map(|(x, y)| x.hypot(*y)).collect()))),
        _ => Err(Error::invalid("distance expects two numbers")),
    }
}
