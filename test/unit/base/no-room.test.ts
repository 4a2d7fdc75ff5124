import { expect, test } from 'vitest'
import { isNoRoom } from '../../../src/base/no-room.ts'

test.each([
  ['a full disk', { code: 'ENOSPC' }],
  ['a quota', { code: 'EDQUOT' }],
  ['the limit of one file', { code: 'EFBIG' }],
  ['a full disk below SQLite', { code: 'ERR_SQLITE_ERROR', errcode: 13 }],
  ['a write that SQLite cannot make', { code: 'ERR_SQLITE_ERROR', errcode: 778 }],
  ['the shared memory of SQLite, which cannot begin', { code: 'ERR_SQLITE_ERROR', errcode: 4618 }],
  ['the shared memory of SQLite, which cannot grow', { code: 'ERR_SQLITE_ERROR', errcode: 4874 }],
])('%s is no room', (_what, codes) => {
  expect(isNoRoom(Object.assign(new Error('x'), codes))).toBe(true)
})

test.each([
  ['a missing file', Object.assign(new Error('x'), { code: 'ENOENT' })],
  ['a read that SQLite cannot make', Object.assign(new Error('x'), { code: 'ERR_SQLITE_ERROR', errcode: 266 })],
  ['another error', new Error('ENOSPC')],
  ['what is no error', { code: 'ENOSPC' }],
])('%s is something else', (_what, error) => {
  expect(isNoRoom(error)).toBe(false)
})
