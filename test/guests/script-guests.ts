/** Functions and a sink in JavaScript, for any builder of components. Whole numbers that go to the host are not used: builders differ there. */
export const SCRIPT = `
import { log as write } from 'plutino:plugin/log@1.0.0'
import { get, put } from 'plutino:plugin/state@1.0.0'

const text = (name) => ({
  name,
  doc: 'In JavaScript.',
  parameters: [{ name: 'value', accepts: 'text', optional: false, doc: 'A text.' }],
  repeats: false,
  returns: 'text',
  nulls: 'skip',
  effect: 'pure',
})

const kept = []
const wishes = {
  refuse() {
    throw { kind: 'rejected', message: 'the batch is refused', code: undefined }
  },
  trap() {
    throw new Error('nobody expects this')
  },
  spin() {
    for (;;);
  },
  grow() {
    for (;;) kept.push(new Uint8Array(1048576).fill(1))
  },
}

export const scalar = {
  functions: () => [text('slug'), text('wish')],
  prepare() {},
  exec(index, place, rows, [column]) {
    const failures = []
    const values = Array.from(column.val, (value, row) => {
      if (index === 0) return value.toLowerCase().replace(/[^a-z0-9]+/g, '-')
      if (Object.hasOwn(wishes, value)) wishes[value]()
      if (value === 'bad') failures.push({ row, message: 'the wish is bad' })
      return value
    })
    return { values: { tag: 'texts', val: values }, failures }
  },
}

let prefix = ''
let count = 0

export const sink = {
  configure(config) {
    prefix = JSON.parse(config).prefix ?? 'got'
    if (typeof prefix !== 'string') throw { kind: 'invalid', message: 'prefix has to be a text', code: undefined }
    return 'rows'
  },
  open() {},
  collect(batch) {
    for (const row of batch.val.rows) {
      count++
      write('info', prefix + ' ' + row.map((one) => one.tag + ' ' + one.val).join(', '))
    }
    put('count', { tag: 'float', val: (get('count')?.val ?? 0) + batch.val.rows.length })
  },
  close() {
    write('info', 'closed after ' + count)
  },
}

export const checkpoint = {
  snapshot: () => Uint8Array.of(count),
  restore(state) {
    count = state[0]
  },
}
`

/** The function `echo` as the AssemblyScript plugin of that name has it. */
export const SCRIPT_ECHO = `
const value = { name: 'value', accepts: 'any', optional: false, doc: 'Anything.' }

export const scalar = {
  functions: () => [
    { name: 'echo', doc: 'The value.', parameters: [value], repeats: false, returns: 'any', nulls: 'call', effect: 'pure' },
  ],
  prepare() {},
  exec: (index, place, rows, args) => ({ values: args[0], failures: [] }),
}
`

/** As `SCRIPT`, in Python. */
export const SNAKE = `
import json
from componentize_py_types import Err
from wit_world import exports
from wit_world.imports import log, state, types

count = 0
prefix = ''


def text(name):
    value = types.Parameter('value', types.ValueType.TEXT, False, 'A text.')
    return types.Signature(name, 'In Python.', [value], False, types.ValueType.TEXT, types.NullRule.SKIP, types.Effect.PURE)


def wish(value):
    if value == 'refuse':
        raise Err(types.Error(types.ErrorKind.REJECTED, 'the batch is refused', None))
    if value == 'trap':
        raise ValueError('nobody expects this')
    while value == 'spin':
        pass
    kept = []
    while value == 'grow':
        kept.append(bytearray(1048576))
    return value


class Scalar(exports.Scalar):
    def functions(self):
        return [text('slug'), text('wish')]

    def prepare(self, index, place, args):
        pass

    def exec(self, index, place, rows, args):
        values = args[0].value
        if index == 0:
            slugs = [''.join(c if c.isalnum() else '-' for c in one.lower()) for one in values]
            return types.Results(types.Column_Texts(slugs), [])
        failures = [types.Failure(row, 'the wish is bad') for row, one in enumerate(values) if one == 'bad']
        return types.Results(types.Column_Texts([wish(one) for one in values]), failures)


class Sink(exports.Sink):
    def configure(self, config):
        global prefix
        prefix = json.loads(config).get('prefix', 'got')
        if not isinstance(prefix, str):
            raise Err(types.Error(types.ErrorKind.INVALID, 'prefix has to be a text', None))
        return types.Form.ROWS

    def open(self):
        pass

    def collect(self, batch, properties):
        global count
        for row in batch.value.rows:
            count += 1
            cells = ', '.join(f'{type(one).__name__[6:].lower()} {one.value}' for one in row)
            log.log(log.Level.INFO, f'{prefix} {cells}')
        before = state.get('count')
        state.put('count', types.Value_Float((before.value if before else 0.0) + len(batch.value.rows)))

    def close(self):
        log.log(log.Level.INFO, f'closed after {count}')


class Checkpoint(exports.Checkpoint):
    def snapshot(self):
        return str(count).encode()

    def restore(self, state):
        global count
        count = int(state.decode())
`
