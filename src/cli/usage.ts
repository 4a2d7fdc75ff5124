import { type Command, COMMANDS } from './commands.ts'

const SERVER = [
  'plutino server                 starts the server',
  '  --host <address>             address to listen on (127.0.0.1)',
  '  --port <port>                port of REST (9081)',
  '  --data <folder>              where definitions, plugins and databases are kept (data)',
  '  --config <file>              settings (etc/plutino.yaml)',
  '  --broker <port>|off          port of the embedded MQTT broker (1883)',
  '  --demo, --no-demo            simulated devices and two rules that work at once',
]

/** The whole help. */
export function usage(): string {
  const commands = COMMANDS.map((command) => `  ${line(command)}`)
  return [
    ...SERVER,
    '',
    'Commands for a running server (--host, --port):',
    ...commands,
    '',
    'Commands for those who write plugins: plutino plugin --help',
    '',
    'plutino <command> --help shows one of them.',
  ].join('\n')
}

/** Help of one command. */
export function commandUsage(command: Command): string {
  const file = command.fromFile === true ? '\n  -f <file>      reads the last argument from a file' : ''
  const zip = command.words.join(' ') === 'create plugin' ? '\n  --zip <file>   sends the zip itself' : ''
  return `plutino ${line(command)}\n\n${command.doc}${file}${zip}\n  --host, --port the server (127.0.0.1, 9081)`
}

function line({ words, args }: Command): string {
  return [...words, ...args].join(' ')
}
