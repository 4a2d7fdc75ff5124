use plutino_plugin::{export_scalars, parameter, Column, Effect, Error, Function, Result, Results, Scalar, Value, ValueType};

const NORM: Function = Function::new(
    "norm4",
    "Length of a vector of four numbers.",
    &[
        parameter("a", ValueType::Float),
        parameter("b", ValueType::Float),
        parameter("c", ValueType::Float),
        parameter("d", ValueType::Float),
    ],
    ValueType::Float,
);
const SHOUT: Function = Function::new("shout", "Upper case.", &[parameter("value", ValueType::Text)], ValueType::Text);
const CRASH: Function =
    Function::new("crash", "Panics at the text boom, and gives every other one back.", &[parameter("text", ValueType::Text)], ValueType::Text)
        .with_effect(Effect::Volatile);

const FUNCTIONS: &[Scalar] = &[Scalar::batch(NORM, norm4), Scalar::batch(SHOUT, shout), Scalar::row(CRASH, crash)];

export_scalars!(FUNCTIONS);

fn norm4(_rows: u32, args: &[Column]) -> Result<Results> {
    let [Column::Floats(a), Column::Floats(b), Column::Floats(c), Column::Floats(d)] = args else {
        return Err(Error::invalid("expected four columns of floats"));
    };
    let length = |i: usize| (a[i] * a[i] + b[i] * b[i] + c[i] * c[i] + d[i] * d[i]).sqrt();
    Ok(Results::of(Column::Floats((0..a.len()).map(length).collect())))
}

fn shout(_rows: u32, args: &[Column]) -> Result<Results> {
    let [Column::Texts(texts)] = args else { return Err(Error::invalid("expected a column of texts")) };
    Ok(Results::of(Column::Texts(texts.iter().map(|text| text.to_uppercase()).collect())))
}

fn crash(args: &[Value]) -> std::result::Result<Value, String> {
    match &args[0] {
        Value::Text(text) if text == "boom" => panic!("the guest was told to: {text}"),
        value => Ok(value.clone()),
    }
}
