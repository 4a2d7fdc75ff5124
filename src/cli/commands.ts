import { readFileSync } from 'node:fs'
import { PlutinoError } from '../base/errors.ts'
import { functionsText } from './functions-text.ts'
import type { Call } from './rest-client.ts'

/** What a person gave: the words behind the command, and its options. */
interface Given {
  readonly args: readonly string[]
  /** Content of the file that `-f` names. */
  readonly file?: string
  /** Bytes of the file that `--zip` names. */
  readonly zip?: Uint8Array
}

/** One command of the client, as data: the words that call it, its arguments, and the request that it is. */
export interface Command {
  readonly words: readonly string[]
  /** `<needed>` and `[optional]` arguments, as help shows them. */
  readonly args: readonly string[]
  readonly doc: string
  /** Takes `-f <file>` in place of its last argument. */
  readonly fromFile?: boolean
  readonly call: (given: Given) => Call
  /** Printed in place of an empty list. */
  readonly whenEmpty?: string
  /** What is printed for the JSON of the answer; without it the JSON itself. */
  readonly print?: (answer: unknown) => string
}

const at = (given: Given, i: number): string => encodeURIComponent(given.args[i] ?? '')

export const COMMANDS: readonly Command[] = [
  ...['stream', 'table'].flatMap((kind) => definitionCommands(kind)),
  {
    words: ['create', 'rule'],
    args: ['<id>', '[json]'],
    doc: 'Creates a rule from its JSON and starts it.',
    fromFile: true,
    call: (given) => ({ method: 'POST', path: '/rules', body: { id: given.args[0], ...readObject(given, 1) } }),
  },
  {
    words: ['show', 'rules'],
    args: [],
    doc: 'Lists the rules with their states.',
    call: () => ({ method: 'GET', path: '/rules' }),
    whenEmpty: 'No rule definitions are found.',
  },
  {
    words: ['describe', 'rule'],
    args: ['<id>'],
    doc: 'Shows the definition of a rule.',
    call: (given) => ({ method: 'GET', path: `/rules/${at(given, 0)}` }),
  },
  ...['start', 'stop', 'restart'].map((verb): Command => ({
    words: [verb, 'rule'],
    args: ['<id>'],
    doc: `${capital(verb)}s a rule.`,
    call: (given) => ({ method: 'POST', path: `/rules/${at(given, 0)}/${verb}` }),
  })),
  {
    words: ['getstatus', 'rule'],
    args: ['<id>'],
    doc: 'Shows the state and the metrics of a rule.',
    call: (given) => ({ method: 'GET', path: `/rules/${at(given, 0)}/status` }),
  },
  {
    words: ['gettopo', 'rule'],
    args: ['<id>'],
    doc: 'Shows the nodes of a running rule.',
    call: (given) => ({ method: 'GET', path: `/rules/${at(given, 0)}/topo` }),
  },
  {
    words: ['explain', 'rule'],
    args: ['<id>'],
    doc: 'Shows the plan of a rule.',
    call: (given) => ({ method: 'GET', path: `/rules/${at(given, 0)}/explain` }),
  },
  {
    words: ['explain', 'select'],
    args: ['<statement>'],
    doc: 'Shows the plan of a SELECT.',
    call: (given) => ({ method: 'POST', path: '/streams', body: { sql: `EXPLAIN ${given.args[0] ?? ''}` } }),
  },
  {
    words: ['validate', 'rule'],
    args: ['<id>', '[json]'],
    doc: 'Checks a rule without creating it.',
    fromFile: true,
    call: (given) => ({ method: 'POST', path: '/rules/validate', body: { id: given.args[0], ...readObject(given, 1) } }),
  },
  {
    words: ['drop', 'rule'],
    args: ['<id>'],
    doc: 'Stops and deletes a rule.',
    call: (given) => ({ method: 'DELETE', path: `/rules/${at(given, 0)}` }),
  },
  {
    words: ['show', 'functions'],
    args: ['[name]'],
    doc: 'Lists the functions of statements, or shows one with its description and examples.',
    call: (given) => ({ method: 'GET', path: given.args.length === 0 ? '/metadata/functions' : `/metadata/functions/${at(given, 0)}` }),
    print: functionsText,
  },
  {
    words: ['create', 'ruletest'],
    args: ['[json]'],
    doc: 'Prepares a rule that runs for a try over given rows, and shows on which port its results can be read.',
    fromFile: true,
    call: (given) => ({ method: 'POST', path: '/ruletest', json: readJson(given, 0) }),
  },
  {
    words: ['start', 'ruletest'],
    args: ['<id>'],
    doc: 'Starts a rule test.',
    call: (given) => ({ method: 'POST', path: `/ruletest/${at(given, 0)}/start` }),
  },
  {
    words: ['drop', 'ruletest'],
    args: ['<id>'],
    doc: 'Ends a rule test.',
    call: (given) => ({ method: 'DELETE', path: `/ruletest/${at(given, 0)}` }),
  },
  {
    words: ['create', 'plugin'],
    args: ['<source|sink|function>', '<name>', '[json]'],
    doc: 'Installs a plugin from the zip that --zip names, or from {"file":"http://…/x.zip"}.',
    fromFile: true,
    call: (given) =>
      given.zip === undefined
        ? { method: 'POST', path: pluginPath(given), body: { name: given.args[1], ...readObject(given, 2) } }
        : { method: 'POST', path: '/plugins', body: given.zip },
  },
  {
    words: ['show', 'plugins'],
    args: ['<source|sink|function>'],
    doc: 'Lists the plugins of a kind.',
    call: (given) => ({ method: 'GET', path: pluginPath(given) }),
    whenEmpty: 'No plugin is found.',
  },
  {
    words: ['describe', 'plugin'],
    args: ['<source|sink|function>', '<name>'],
    doc: 'Shows version, capabilities and size of a plugin.',
    call: (given) => ({ method: 'GET', path: `${pluginPath(given)}/${at(given, 1)}` }),
  },
  {
    words: ['drop', 'plugin'],
    args: ['<source|sink|function>', '<name>'],
    doc: 'Removes a plugin that no rule uses.',
    call: (given) => ({ method: 'DELETE', path: `${pluginPath(given)}/${at(given, 1)}` }),
  },
]

function definitionCommands(kind: string): readonly Command[] {
  const create = (given: Given): string => given.file ?? `CREATE ${kind.toUpperCase()} ${given.args[0] ?? ''} ${given.args[1] ?? ''}`
  return [
    {
      words: ['create', kind],
      args: ['<name>', "['(columns) WITH (options)']"],
      doc: `Creates a ${kind}; with -f from the statement in a file.`,
      fromFile: true,
      call: (given) => ({ method: 'POST', path: `/${kind}s`, body: { sql: create(given) } }),
    },
    {
      words: ['show', `${kind}s`],
      args: [],
      doc: `Lists the ${kind}s.`,
      call: () => ({ method: 'GET', path: `/${kind}s` }),
      whenEmpty: `No ${kind} definitions are found.`,
    },
    {
      words: ['describe', kind],
      args: ['<name>'],
      doc: `Shows columns and options of a ${kind}.`,
      call: (given) => ({ method: 'GET', path: `/${kind}s/${at(given, 0)}` }),
    },
    {
      words: ['drop', kind],
      args: ['<name>'],
      doc: `Deletes a ${kind} that no rule uses.`,
      call: (given) => ({ method: 'DELETE', path: `/${kind}s/${at(given, 0)}` }),
    },
  ]
}

function pluginPath(given: Given): string {
  const kind = (given.args[0] ?? '').replace(/s$/, '')
  if (!['source', 'sink', 'function'].includes(kind))
    throw new PlutinoError('config_invalid', `expected source, sink or function, got "${given.args[0] ?? ''}"`)
  return `/plugins/${kind}s`
}

function readObject(given: Given, i: number): object {
  const parsed: unknown = JSON.parse(readJson(given, i))
  return typeof parsed === 'object' && parsed !== null ? parsed : {}
}

/** The text of a JSON object. */
function readJson(given: Given, i: number): string {
  const text = given.file ?? given.args[i]
  if (text === undefined)
    throw new PlutinoError('config_invalid', 'expected JSON', { hint: 'give it as the last argument or in a file with -f' })
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return text
  } catch (error) {
    throw new PlutinoError('config_invalid', `the JSON cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  throw new PlutinoError('config_invalid', 'expected a JSON object')
}

/** Reads a file that a person named. Throws `config_invalid`. */
export function readNamed(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new PlutinoError('config_invalid', `the file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
