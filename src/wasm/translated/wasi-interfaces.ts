/** What of WASI a component may import, and what of our own WIT that amounts to. All others are refused at installation. */
const ALLOWED: ReadonlyMap<string, string | undefined> = new Map([
  ['cli/environment', undefined],
  ['cli/exit', undefined],
  ['cli/stdin', undefined],
  ['cli/stdout', 'log'],
  ['cli/stderr', 'log'],
  ['cli/terminal-input', undefined],
  ['cli/terminal-output', undefined],
  ['cli/terminal-stdin', undefined],
  ['cli/terminal-stdout', undefined],
  ['cli/terminal-stderr', undefined],
  ['io/error', undefined],
  ['io/poll', undefined],
  ['io/streams', undefined],
  ['clocks/monotonic-clock', 'clock'],
  ['clocks/wall-clock', 'clock'],
  ['filesystem/types', undefined],
  ['filesystem/preopens', undefined],
  ['random/random', 'random'],
  ['random/insecure', 'random'],
  ['random/insecure-seed', 'random'],
])

const ID = /^wasi:([a-z]+\/[a-z-]+)@0\.2\.\d+$/

export function isWasi(id: string): boolean {
  return ALLOWED.has(ID.exec(id)?.[1] ?? '')
}

/** The interface of our WIT that can do the same. */
export function wasiCapability(id: string): string | undefined {
  return ALLOWED.get(ID.exec(id)?.[1] ?? '')
}
