//! A source, a sink and functions for the contract suites and the figures.

mod functions;
mod numbers;
mod receiver;
