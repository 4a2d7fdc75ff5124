/** An optional number or boolean: `Box<i64> | null`. */
@final export class Box<T> {
  constructor(public value: T) {}
}

/** Two values that belong together, such as the name and value of a header. */
@final export class Pair<A, B> {
  constructor(public first: A, public second: B) {}
}

/** Stands where there is no value. */
@final export class Unit {}

/** What a call that may fail gives: look at `isOk`, then at `value` or `error`. */
@final export class Result<T, E> {
  constructor(readonly isOk: bool, readonly value: T, readonly error: E) {}
}

// @ts-ignore: a null reference or 0 that nobody looks at
@inline function nothing<T>(): T {
  if (isReference<T>()) return changetype<T>(0);
  else return <T>0;
}

/** Success. */
export function ok<T, E>(value: T): Result<T, E> {
  return new Result<T, E>(true, value, nothing<E>());
}

/** Failure. */
export function err<T, E>(error: E): Result<T, E> {
  return new Result<T, E>(false, nothing<T>(), error);
}
