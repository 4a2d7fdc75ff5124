import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { migrate } from '../../../src/store/migrate.ts'

const CREATE = 'CREATE TABLE a (x INTEGER)'

test('each step runs once, in order', () => {
  const database = new DatabaseSync(':memory:')
  migrate(database, [CREATE])
  migrate(database, [CREATE, 'INSERT INTO a VALUES (1)'])
  migrate(database, [CREATE, 'INSERT INTO a VALUES (1)'])
  expect(database.prepare('SELECT x FROM a').all()).toEqual([{ x: 1 }])
  expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 2 })
})

test('a step that fails leaves the version before it', () => {
  const database = new DatabaseSync(':memory:')
  expect(() => migrate(database, [CREATE, 'INSERT INTO a VALUES (1); INSERT INTO missing VALUES (1)'])).toThrow('no such table: missing')
  expect(database.prepare('SELECT x FROM a').all()).toEqual([])
  expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 })
})

test('a database of another program is refused', () => {
  const database = new DatabaseSync(':memory:')
  database.exec('PRAGMA application_id = 7')
  expect(() => migrate(database, [CREATE])).toThrow('belongs to another program')
})
