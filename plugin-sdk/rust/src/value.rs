use crate::bindings::plutino::plugin::types::{Column, Effect, NullRule, Parameter, Signature, Value, ValueType};

/// How SQL sees a function.
#[derive(Clone, Copy)]
pub struct Function {
    /// Letters, digits and `_`, a letter first.
    pub name: &'static str,
    /// What it does, in one or two sentences.
    pub doc: &'static str,
    pub parameters: &'static [(&'static str, ValueType, bool)],
    /// The last parameter may come any number of times more.
    pub repeats: bool,
    pub returns: ValueType,
    /// `NullRule::Skip`: a null argument makes the result null without a call.
    pub nulls: NullRule,
    pub effect: Effect,
}

/// A parameter that must be given: `("lat", ValueType::Float, false)`.
pub const fn parameter(name: &'static str, accepts: ValueType) -> (&'static str, ValueType, bool) {
    (name, accepts, false)
}

/// A parameter that may be left out.
pub const fn optional(name: &'static str, accepts: ValueType) -> (&'static str, ValueType, bool) {
    (name, accepts, true)
}

impl Function {
    /// A pure function whose result is null where an argument is null.
    pub const fn new(
        name: &'static str,
        doc: &'static str,
        parameters: &'static [(&'static str, ValueType, bool)],
        returns: ValueType,
    ) -> Self {
        Function { name, doc, parameters, repeats: false, returns, nulls: NullRule::Skip, effect: Effect::Pure }
    }

    /// The last parameter may come any number of times more.
    pub const fn repeating(mut self) -> Self {
        self.repeats = true;
        self
    }

    /// It is called with null arguments too.
    pub const fn calling_with_null(mut self) -> Self {
        self.nulls = NullRule::Call;
        self
    }

    /// What its results depend on.
    pub const fn with_effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    pub(crate) fn signature(&self) -> Signature {
        let parameters = self.parameters.iter().map(|(name, accepts, optional)| Parameter {
            name: (*name).into(),
            accepts: *accepts,
            optional: *optional,
            doc: String::new(),
        });
        Signature {
            name: self.name.into(),
            doc: self.doc.into(),
            parameters: parameters.collect(),
            repeats: self.repeats,
            returns: self.returns,
            nulls: self.nulls,
            effect: self.effect,
        }
    }
}

/// The arguments after the first `n`, for functions whose last parameter repeats.
pub fn rest(args: &[Value], n: usize) -> &[Value] {
    args.get(n..).unwrap_or(&[])
}

impl Column {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Column::Floats(list) => list.len(),
            Column::Ints(list) => list.len(),
            Column::Texts(list) => list.len(),
            Column::Values(list) => list.len(),
        }
    }

    /// There are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of one row.
    pub fn value(&self, row: usize) -> Value {
        match self {
            Column::Floats(list) => Value::Float(list[row]),
            Column::Ints(list) => Value::Int(list[row]),
            Column::Texts(list) => Value::Text(list[row].clone()),
            Column::Values(list) => list[row].clone(),
        }
    }
}

impl Value {
    /// A number as a float; none for anything else.
    pub fn as_float(&self) -> Option<f64> {
        match self {
            Value::Float(value) => Some(*value),
            Value::Int(value) => Some(*value as f64),
            _ => None,
        }
    }

    /// An int, or a float without a fraction; none for anything else.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(value) => Some(*value),
            Value::Float(value) if value.fract() == 0.0 && value.abs() < 9.2e18 => Some(*value as i64),
            _ => None,
        }
    }

    /// A text; none for anything else.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(value) => Some(value),
            _ => None,
        }
    }

    /// Bytes; a text as its UTF-8; none for anything else.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Value::Bytes(value) => Some(value),
            Value::Text(value) => Some(value.as_bytes()),
            _ => None,
        }
    }

    /// What kind of value this is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Boolean(_) => "boolean",
            Value::Int(_) => "int",
            Value::Float(_) => "float",
            Value::Text(_) => "text",
            Value::Bytes(_) => "bytes",
            Value::Timestamp(_) => "timestamp",
            Value::Json(_) => "array or object",
        }
    }
}
