import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import path from 'node:path'
import type { ServerProcess } from './server-process.ts'

/** A way in which the writes of a server find no room. */
export interface SmallDisk {
  /** What the system says. */
  readonly code: 'ENOSPC' | 'EFBIG'
  /** Can this machine do it? */
  readonly possible: boolean
  /** What a server with this data folder is started within. */
  within(folder: string): readonly string[]
  /** Its data folder as this process sees it. */
  folder(server: ServerProcess): string
  /** From now on no file grows. */
  fill(server: ServerProcess): void
  /** There is room again. */
  free(server: ServerProcess): void
}

const FILLER = 'filler'
/** Room for everything that a test stores. */
const SIZE = '16m'
/** Makes the signal harmless that comes with a write beyond the limit: the write fails. */
const IGNORING = 'trap "" XFSZ;'

/** A file system of its own, in memory, that a large file fills. */
const fileSystem: SmallDisk = {
  code: 'ENOSPC',
  possible: spawnSync('unshare', ['-Urm', 'mount', '-t', 'tmpfs', 'tmpfs', '/tmp']).status === 0,
  within: (folder) => ['unshare', '-Urm', 'sh', '-c', `mount -t tmpfs -o size=${SIZE} tmpfs "$0" && exec "$@"`, folder],
  folder: (server) => `/proc/${server.pid}/root${server.folder}`,
  fill(server) {
    const file = openSync(path.join(this.folder(server), FILLER), 'w')
    for (const size of [65_536, 4096, 1]) while (wrote(file, Buffer.alloc(size)));
    closeSync(file)
  },
  free(server) {
    rmSync(path.join(this.folder(server), FILLER))
  },
}

/** No byte may be written to a file: a limit that can be changed while the server runs. */
const fileSize: SmallDisk = {
  code: 'EFBIG',
  possible: spawnSync('prlimit', ['--fsize']).status === 0,
  within: () => ['sh', '-c', `${IGNORING} exec "$@"`, 'sh'],
  folder: ({ folder }) => folder,
  fill: ({ pid }) => void execFileSync('prlimit', ['--pid', String(pid), '--fsize=0:']),
  free: ({ pid }) => void execFileSync('prlimit', ['--pid', String(pid), '--fsize=unlimited:']),
}

export const SMALL_DISKS: readonly SmallDisk[] = [fileSystem, fileSize]

/** Files of so many blocks of 512 bytes at most, as long as the server runs: on every POSIX system. `output`: where the log goes. */
export function limited(blocks: number, output?: string): readonly string[] {
  return ['sh', '-c', `${IGNORING} ulimit -f ${blocks}; exec "$@"${output === undefined ? '' : ' >> "$0"'}`, output ?? 'sh']
}

/** Starts the server in a file system of its own that holds no more than `pages` of 4 KiB. */
export function tiny(folder: string, pages: number): readonly string[] {
  return ['unshare', '-Urm', 'sh', '-c', `mount -t tmpfs -o size=${pages * 4}k tmpfs "$0" && exec "$@"`, folder]
}

function wrote(file: number, bytes: Uint8Array): boolean {
  try {
    return writeSync(file, bytes) > 0
  } catch {
    return false
  }
}
