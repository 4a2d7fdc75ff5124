import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'

/** What is done with the files of plugins: one step each, after which the server may be killed or the disk be full. */
export interface FolderFiles {
  makeFolder(folder: string): Promise<void>
  /** The content is on the disk when it resolves. */
  write(file: string, bytes: Uint8Array): Promise<void>
  /** Replaces what is there, in one step. */
  rename(from: string, to: string): Promise<void>
  /** Makes the names in a folder durable. */
  sync(folder: string): Promise<void>
  /** With all that is in it; no error when it is not there. */
  remove(place: string): Promise<void>
  read(file: string): Promise<Uint8Array>
  names(folder: string): Promise<readonly string[]>
}

export const folderFiles: FolderFiles = {
  async makeFolder(folder) {
    await mkdir(folder, { recursive: true })
  },
  async write(file, bytes) {
    await using handle = await open(file, 'w')
    await handle.writeFile(bytes)
    await handle.sync()
  },
  rename,
  async sync(folder) {
    let handle: FileHandle | undefined
    try {
      handle = await open(folder, 'r')
      await handle.sync()
    } catch (error) {
      // Windows cannot open folders; its renames are durable without it.
      if (process.platform !== 'win32') throw error
    } finally {
      await handle?.close()
    }
  },
  remove: (place) => rm(place, { recursive: true, force: true }),
  read: (file) => readFile(file),
  names: (folder) => readdir(folder),
}
