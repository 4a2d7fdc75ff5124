import type { AuthorCommand, AuthorOption } from './command.ts'

const SERVER: AuthorOption = { name: 'server', value: 'URL', doc: 'the server (http://127.0.0.1:9081)' }
const JSON_OUT: AuthorOption = { name: 'json', doc: 'prints JSON' }

/** Everything below `plutino plugin`. */
export const AUTHOR_COMMANDS: readonly AuthorCommand[] = [
  {
    name: 'new',
    args: ['<folder>'],
    doc: 'Makes the folder of a new plugin, which is called as the folder is. It builds and passes its test as it is.',
    options: [
      { name: 'kind', value: 'source|sink|function|aggregate', doc: 'what it is' },
      { name: 'lang', value: 'as|rust|tinygo', doc: 'AssemblyScript (as, the default), Rust, or Go (tinygo, or Go itself)' },
    ],
    run: async (given, around) => (await import('./new.ts')).newPlugin(given, around),
  },
  {
    name: 'build',
    args: ['[folder]'],
    doc: 'Compiles the plugin in a folder (this one) and packs it as target/<name>.zip.',
    options: [],
    run: async (given, around) => (await import('./build.ts')).buildCommand(given, around),
  },
  {
    name: 'pack',
    args: ['[folder]'],
    doc: 'As build, and says what the zip holds; --out names another place for it.',
    options: [{ name: 'out', value: 'file', doc: 'where the zip is written' }],
    run: async (given, around) => (await import('./build.ts')).packCommand(given, around),
  },
  {
    name: 'test',
    args: ['[folder]'],
    doc: 'Builds the plugin and runs the cases in its test/*.json, in the host of the server but without a server.',
    options: [{ name: 'verbose', doc: 'shows what the plugin writes to its log, of cases that pass too' }],
    run: async (given, around) => (await import('./test.ts')).testCommand(given, around),
  },
  {
    name: 'inspect',
    args: ['<zip>'],
    doc: 'Shows what a zip is: kinds, capabilities (what the component imports), functions, size, checksum, signature.',
    options: [JSON_OUT],
    run: async (given, around) => (await import('./inspect.ts')).inspectCommand(given, around),
  },
  {
    name: 'install',
    args: ['[zip or folder]'],
    doc: 'Installs a zip, or what a folder (this one) builds to, in a running server; replaces the version that is there.',
    options: [SERVER],
    run: async (given, around) => (await import('./install.ts')).installCommand(given, around),
  },
  {
    name: 'dev',
    args: ['[folder]'],
    doc: 'Builds the plugin and installs it, again whenever one of its files changes. Ctrl+C ends it.',
    options: [SERVER],
    run: async (given, around) => (await import('./dev.ts')).devCommand(given, around),
  },
  {
    name: 'keygen',
    args: ['[file]'],
    doc: 'Makes a pair of keys: <file>.pem (plugin-key.pem), which signs and stays secret, and <file>.pub.pem, which servers trust.',
    options: [],
    run: async (given, around) => (await import('./signing.ts')).keygenCommand(given, around),
  },
  {
    name: 'sign',
    args: ['<zip>'],
    doc: 'Signs a zip: writes a file "signature" into it.',
    options: [{ name: 'key', value: 'file', doc: 'the secret key, as keygen makes it' }],
    run: async (given, around) => (await import('./signing.ts')).signCommand(given, around),
  },
  {
    name: 'verify',
    args: ['<zip>'],
    doc: 'Checks that a zip is as it was signed, by the owner of a key.',
    options: [{ name: 'key', value: 'file', doc: 'the public key, as keygen makes it' }],
    run: async (given, around) => (await import('./signing.ts')).verifyCommand(given, around),
  },
]

/** Help of all commands. */
export function authorUsage(): string {
  const names = AUTHOR_COMMANDS.map(({ name, args }) => [name, ...args].join(' '))
  const width = Math.max(...names.map((name) => name.length))
  const lines = AUTHOR_COMMANDS.map(({ doc }, i) => `  ${(names[i] ?? '').padEnd(width)}  ${doc}`)
  return ['plutino plugin <command>', '', ...lines, '', 'plutino plugin <command> --help shows one of them.'].join('\n')
}

/** Help of one command. */
export function commandUsage({ name, args, doc, options }: AuthorCommand): string {
  const lines = options.map(({ name: option, value, doc: text }) => `  --${option}${value === undefined ? '' : ` <${value}>`}  ${text}`)
  return [`plutino plugin ${[name, ...args].join(' ')}`, '', doc, ...lines].join('\n')
}
