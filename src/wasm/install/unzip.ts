import { fromBuffer, type Entry, type ZipFile } from 'yauzl'
import { PlutinoError } from '../../base/errors.ts'

/** Bounds of a package. */
const MAX_FILES = 200
const MAX_FILE_BYTES = 64 * 1024 * 1024
const MAX_TOTAL_BYTES = 128 * 1024 * 1024
/** Ordinary WebAssembly and text shrink to a tenth; small files may shrink more. */
const MAX_RATIO = 200
const ANY_RATIO_BYTES = 1024 * 1024

/** Of a whole name, of a part of it (as every file system has), and parts. */
const LONGEST_NAME = 400
const LONGEST_PART = 200
const MOST_LEVELS = 10

const IS_SYMLINK = 0o120000
const FILE_TYPE = 0o170000
/** What archivers add by themselves. */
const LITTER = /^__MACOSX\/|(^|\/)(\.DS_Store|Thumbs\.db)$/

/** The files of a zip by name, folders left out. Throws `plugin_invalid` before anything is unpacked that is too large or out of place. */
export async function unzip(zip: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>> {
  if (zip[0] !== 0x50 || zip[1] !== 0x4b)
    throw invalid('the file is not a zip', 'pack the plugin with `plutino plugin pack`, or zip the .wasm file')
  const archive = await open(zip)
  try {
    return await readAll(archive)
  } finally {
    archive.close()
  }
}

function open(zip: Uint8Array): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    fromBuffer(
      Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength),
      { lazyEntries: true, validateEntrySizes: true, strictFileNames: true },
      (error, archive) => {
        if (error !== null) reject(damaged(error))
        else resolve(archive)
      },
    )
  })
}

function readAll(archive: ZipFile): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  let total = 0
  return new Promise((resolve, reject) => {
    archive.on('error', (error) => reject(damaged(error)))
    archive.on('end', () => resolve(files))
    archive.on('entry', (entry: Entry) => {
      void (async () => {
        try {
          const name = check(entry, files)
          if (name !== undefined) {
            total += entry.uncompressedSize
            if (total > MAX_TOTAL_BYTES)
              throw invalid(`the zip unpacks to more than ${MAX_TOTAL_BYTES / 1_048_576} MiB`, 'leave out what the plugin does not need')
            files.set(name, await read(archive, entry))
          }
          archive.readEntry()
        } catch (error) {
          reject(error instanceof PlutinoError ? error : damaged(error))
        }
      })()
    })
    archive.readEntry()
  })
}

/** Names that some file system cannot keep, or takes for the same, are refused everywhere. */
function checkName(name: string, files: ReadonlyMap<string, Uint8Array>): void {
  const parts = name.split('/')
  if (name.length > LONGEST_NAME || parts.length > MOST_LEVELS || parts.some((part) => Buffer.byteLength(part) > LONGEST_PART)) {
    throw invalid(
      `the zip contains ${name.slice(0, 80)}…, whose name is too long`,
      `names have at most ${LONGEST_PART} bytes, and stand at most ${MOST_LEVELS - 1} folders deep`,
    )
  }
  const lower = name.toLowerCase()
  for (const other of files.keys()) {
    const known = other.toLowerCase()
    if (known === lower) throw invalid(`the zip contains ${name} twice`, 'keep one of the two')
    if (known.startsWith(`${lower}/`) || lower.startsWith(`${known}/`))
      throw invalid(
        `the zip contains ${name} beside ${other}: one of them would be a file and a folder`,
        'give one of the two another name',
      )
  }
}

/** The name of an entry that is a file of the package; undefined for folders and litter. */
function check(entry: Entry, files: ReadonlyMap<string, Uint8Array>): string | undefined {
  const name = entry.fileName
  if (name.endsWith('/') || LITTER.test(name)) return undefined
  if (((entry.externalFileAttributes >>> 16) & FILE_TYPE) === IS_SYMLINK)
    throw invalid(`${name} is a symbolic link`, 'put the file itself into the zip')
  if ((entry.generalPurposeBitFlag & 1) !== 0) throw invalid(`${name} is encrypted`, 'zip it without a password')
  checkName(name, files)
  if (files.size >= MAX_FILES) throw invalid(`the zip has more than ${MAX_FILES} files`, 'leave out what the plugin does not need')
  const { uncompressedSize: size, compressedSize } = entry
  if (size > MAX_FILE_BYTES)
    throw invalid(`${name} unpacks to ${size} bytes; ${MAX_FILE_BYTES} are allowed`, 'leave it out or make it smaller')
  if (size > ANY_RATIO_BYTES && size > compressedSize * MAX_RATIO) {
    throw invalid(
      `${name} unpacks to ${Math.round(size / Math.max(1, compressedSize))} times its size in the zip, as bombs do`,
      'leave it out',
    )
  }
  return name
}

function read(archive: ZipFile, entry: Entry): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    archive.openReadStream(entry, (error, stream) => {
      if (error !== null) {
        reject(error)
        return
      }
      // the thread that checks it reads the same memory
      const content = new Uint8Array(new SharedArrayBuffer(entry.uncompressedSize))
      let length = 0
      stream.on('data', (chunk: Buffer) => {
        content.set(chunk, length)
        length += chunk.length
      })
      stream.on('end', () => resolve(content))
      stream.on('error', reject)
    })
  })
}

/** yauzl's errors say what is wrong with the archive. */
function damaged(error: unknown): PlutinoError {
  const text = error instanceof Error ? error.message : String(error)
  if (/^(invalid relative path|absolute path|invalid characters in fileName)/.test(text)) {
    return invalid(`the zip has a file outside of it: ${text}`, 'names must be relative, with / between folders and without ..')
  }
  return invalid(`the zip is damaged: ${text}`, 'make or download it again')
}

function invalid(message: string, hint: string): PlutinoError {
  return new PlutinoError('plugin_invalid', message, { hint })
}
