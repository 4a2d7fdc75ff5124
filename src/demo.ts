import { readFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Catalog } from './catalog/catalog.ts'

interface DemoRuleset {
  readonly streams: Readonly<Record<string, string>>
  /** File in the data folder -> statement that makes its table. */
  readonly tables: Readonly<Record<string, string>>
  readonly rules: Readonly<Record<string, object>>
}

export interface DemoPlaces {
  /** etc/demo.json. */
  readonly ruleset: string
  /** Zip of the plugin that the tutorial uses. */
  readonly plugin: string
  readonly dataFolder: string
}

/** Creates what the demo consists of in an empty server, each part in the way a user would: plugin from its zip, streams, rules. */
export async function installDemo(catalog: Catalog, places: DemoPlaces): Promise<void> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own file, which ships with the server
  const ruleset = JSON.parse(readFileSync(places.ruleset, 'utf8')) as DemoRuleset
  for (const [file, statement] of Object.entries(ruleset.tables)) createTable(path.join(places.dataFolder, file), statement)
  // A start that was cut short may have left it.
  if (!catalog.plugins.list('sinks').includes('mysql')) await catalog.plugins.installZip(readFileSync(places.plugin), {})
  for (const sql of Object.values(ruleset.streams)) catalog.streams.execute(sql)
  for (const [id, rule] of Object.entries(ruleset.rules)) await catalog.rules.create(JSON.stringify({ id, ...rule }))
}

function createTable(file: string, statement: string): void {
  const database = new DatabaseSync(file)
  database.exec('PRAGMA journal_mode = WAL')
  database.exec(statement)
  database.close()
}

/** What to try next, for the terminal. */
export function demoHints(places: { readonly rest: string; readonly broker: string; readonly table: string }): readonly string[] {
  const broker = new URL(places.broker)
  const query = `console.table(new (require('node:sqlite').DatabaseSync)('${places.table}').prepare('SELECT * FROM demo ORDER BY rowid DESC LIMIT 5').all())`
  return [
    'Try next, in another terminal:',
    `  curl ${places.rest}/rules/demo_mysql/status`,
    `  npx mqtt pub -h ${broker.hostname} -p ${broker.port} -t demo/mine -m '{"id":"mine","temperature":42,"humidity":50}'`,
    `  npx node -e "${query}"`,
  ]
}
