use std::any::Any;

use crate::bindings::aggregate::exports::plutino::plugin::aggregate::Accumulator;
use crate::bindings::plutino::plugin::types::{Column, Error, Failure, Results, Value};
use crate::value::Function;

/// An aggregate function: a value of this type gathers the rows of one group.
pub trait Aggregate: Sized + 'static {
    const FUNCTION: Function;
    /// `remove` works: sliding windows then need not add all of their rows again.
    const REMOVES: bool = false;
    /// `merge` works: parts of a group may then be added in different places.
    const MERGES: bool = false;

    /// Without a row.
    fn new() -> Self;

    /// Adds a row. An error is that of the row, which then was not added.
    fn add(&mut self, args: &[Value]) -> std::result::Result<(), String>;

    /// Takes out a row that was added.
    fn remove(&mut self, _args: &[Value]) -> std::result::Result<(), String> {
        Err("rows cannot be taken out".into())
    }

    /// Adds what `other` has gathered.
    fn merge(&mut self, _other: Self) {}

    /// The result of the rows so far; more may come afterwards.
    fn finish(&self) -> std::result::Result<Value, String>;

    /// As bytes that `restore` understands, also in a later version.
    fn save(&self) -> Vec<u8>;

    /// What `save` gave.
    fn restore(state: &[u8]) -> std::result::Result<Self, String>;
}

/// An [`Aggregate`] whose type is not known to the host's side.
pub trait Accumulation: Any {
    fn add(&mut self, args: &[Value]) -> std::result::Result<(), String>;
    fn remove(&mut self, args: &[Value]) -> std::result::Result<(), String>;
    fn merge(&mut self, other: Box<dyn Accumulation>) -> std::result::Result<(), String>;
    fn finish(&self) -> std::result::Result<Value, String>;
    fn save(&self) -> Vec<u8>;
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

impl<A: Aggregate> Accumulation for A {
    fn add(&mut self, args: &[Value]) -> std::result::Result<(), String> {
        Aggregate::add(self, args)
    }
    fn remove(&mut self, args: &[Value]) -> std::result::Result<(), String> {
        Aggregate::remove(self, args)
    }
    fn merge(&mut self, other: Box<dyn Accumulation>) -> std::result::Result<(), String> {
        let other = other.into_any().downcast::<A>().map_err(|_| "accumulations of different functions".to_string())?;
        Aggregate::merge(self, *other);
        Ok(())
    }
    fn finish(&self) -> std::result::Result<Value, String> {
        Aggregate::finish(self)
    }
    fn save(&self) -> Vec<u8> {
        Aggregate::save(self)
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

struct Kind {
    function: Function,
    removes: bool,
    merges: bool,
    make: fn() -> Box<dyn Accumulation>,
    restore: fn(&[u8]) -> std::result::Result<Box<dyn Accumulation>, String>,
}

/// The accumulations of an instance, by the numbers that the host gave them.
#[derive(Default)]
pub struct Aggregates {
    kinds: Vec<Kind>,
    groups: Vec<Option<Box<dyn Accumulation>>>,
}

impl Aggregates {
    pub fn new() -> Self {
        Aggregates::default()
    }

    pub fn with<A: Aggregate>(mut self) -> Self {
        self.kinds.push(Kind {
            function: A::FUNCTION,
            removes: A::REMOVES,
            merges: A::MERGES,
            make: || Box::new(A::new()),
            restore: |state| A::restore(state).map(|made| Box::new(made) as Box<dyn Accumulation>),
        });
        self
    }

    pub fn signatures(&self) -> Vec<Accumulator> {
        let accumulator = |kind: &Kind| Accumulator { signature: kind.function.signature(), removes: kind.removes, merges: kind.merges };
        self.kinds.iter().map(accumulator).collect()
    }

    pub fn add(&mut self, index: u32, groups: &[u32], args: &[Column], remove: bool) -> crate::Result<Vec<Failure>> {
        let make = self.kind(index)?.make;
        let mut failures = Vec::new();
        let mut row_args = Vec::with_capacity(args.len());
        for (row, group) in groups.iter().enumerate() {
            row_args.clear();
            row_args.extend(args.iter().map(|column| column.value(row)));
            let accumulation = self.slot(*group).get_or_insert_with(make);
            let done = if remove { accumulation.remove(&row_args) } else { accumulation.add(&row_args) };
            if let Err(message) = done {
                failures.push(Failure { row: row as u32, message });
            }
        }
        Ok(failures)
    }

    pub fn merge(&mut self, index: u32, targets: &[u32], sources: &[u32]) -> crate::Result<()> {
        let make = self.kind(index)?.make;
        for (target, source) in targets.iter().zip(sources) {
            let Some(other) = self.slot(*source).take() else { continue };
            self.slot(*target).get_or_insert_with(make).merge(other).map_err(Error::invalid)?;
        }
        Ok(())
    }

    pub fn finish(&mut self, index: u32, groups: &[u32]) -> crate::Result<Results> {
        let make = self.kind(index)?.make;
        let mut values = Vec::with_capacity(groups.len());
        let mut failures = Vec::new();
        for (place, group) in groups.iter().enumerate() {
            let result = match self.slot(*group) {
                Some(accumulation) => accumulation.finish(),
                None => make().finish(),
            };
            values.push(result.unwrap_or_else(|message| {
                failures.push(Failure { row: place as u32, message });
                Value::Null
            }));
        }
        Ok(Results { values: Column::Values(values), failures })
    }

    pub fn drop_groups(&mut self, groups: &[u32]) {
        for group in groups {
            if let Some(slot) = self.groups.get_mut(*group as usize) {
                *slot = None;
            }
        }
    }

    pub fn save(&mut self, index: u32, groups: &[u32]) -> crate::Result<Vec<Vec<u8>>> {
        let make = self.kind(index)?.make;
        Ok(groups.iter().map(|group| self.slot(*group).get_or_insert_with(make).save()).collect())
    }

    pub fn restore(&mut self, index: u32, groups: &[u32], states: &[Vec<u8>]) -> crate::Result<()> {
        let restore = self.kind(index)?.restore;
        for (group, state) in groups.iter().zip(states) {
            *self.slot(*group) = Some(restore(state).map_err(Error::invalid)?);
        }
        Ok(())
    }

    fn kind(&self, index: u32) -> crate::Result<&Kind> {
        self.kinds.get(index as usize).ok_or_else(|| Error::invalid(format!("there is no function {index}")))
    }

    fn slot(&mut self, group: u32) -> &mut Option<Box<dyn Accumulation>> {
        let group = group as usize;
        if group >= self.groups.len() {
            self.groups.resize_with(group + 1, || None);
        }
        &mut self.groups[group]
    }
}

/// Exports aggregate functions: `export_aggregates!(MovingScore, Range);`
#[macro_export]
macro_rules! export_aggregates {
    ($($aggregate:ty),+ $(,)?) => {
        struct PlutinoAggregates;
        thread_local! {
            static PLUTINO_AGGREGATES: std::cell::RefCell<$crate::export::Aggregates> =
                std::cell::RefCell::new($crate::export::Aggregates::new()$(.with::<$aggregate>())+);
        }
        impl $crate::export::aggregate_world::exports::plutino::plugin::aggregate::Guest for PlutinoAggregates {
            fn aggregates() -> Vec<$crate::export::aggregate_world::exports::plutino::plugin::aggregate::Accumulator> {
                $crate::export::report_panics();
                PLUTINO_AGGREGATES.with_borrow(|all| all.signatures())
            }
            fn prepare(_index: u32, _place: u32, _args: Vec<$crate::Argument>) -> std::result::Result<(), String> {
                $crate::export::report_panics();
                Ok(())
            }
            fn add(index: u32, _place: u32, groups: Vec<u32>, args: Vec<$crate::Column>) -> $crate::Result<Vec<$crate::Failure>> {
                PLUTINO_AGGREGATES.with_borrow_mut(|all| all.add(index, &groups, &args, false))
            }
            fn remove(index: u32, _place: u32, groups: Vec<u32>, args: Vec<$crate::Column>) -> $crate::Result<Vec<$crate::Failure>> {
                PLUTINO_AGGREGATES.with_borrow_mut(|all| all.add(index, &groups, &args, true))
            }
            fn merge(index: u32, _place: u32, targets: Vec<u32>, sources: Vec<u32>) -> $crate::Result<()> {
                PLUTINO_AGGREGATES.with_borrow_mut(|all| all.merge(index, &targets, &sources))
            }
            fn finish(index: u32, _place: u32, groups: Vec<u32>) -> $crate::Result<$crate::Results> {
                PLUTINO_AGGREGATES.with_borrow_mut(|all| all.finish(index, &groups))
            }
            fn drop(groups: Vec<u32>) {
                PLUTINO_AGGREGATES.with_borrow_mut(|all| all.drop_groups(&groups))
            }
            fn save(index: u32, _place: u32, groups: Vec<u32>) -> $crate::Result<Vec<Vec<u8>>> {
                PLUTINO_AGGREGATES.with_borrow_mut(|all| all.save(index, &groups))
            }
            fn restore(index: u32, _place: u32, groups: Vec<u32>, states: Vec<Vec<u8>>) -> $crate::Result<()> {
                PLUTINO_AGGREGATES.with_borrow_mut(|all| all.restore(index, &groups, &states))
            }
        }
        $crate::export::aggregate_world::export_aggregate_world!(PlutinoAggregates with_types_in $crate::export::aggregate_world);
    };
}
