// npm run bench [-- part of a name ...]: prints each figure beside its limit and its rival from the same run.
import { aggregateFigures } from './aggregates.ts'
import { expressionFigures } from './expression.ts'
import { joinFigures } from './joins.ts'
import { laneFigures } from './lane.ts'
import { installFigures } from './install-size.ts'
import { mqttFigures } from './mqtt.ts'
import { mysqlFigures } from './mysql-plugin.ts'
import { pluginFigures } from './plugin-call.ts'
import { pluginInstallFigures } from './plugin-install.ts'
import { lifeFigures } from './plugin-life.ts'
import { languageFigures } from './plugin-languages.ts'
import { pluginRowFigures } from './plugin-rows.ts'
import { swapFigures } from './plugin-swap.ts'
import { print } from './report.ts'
import { serverFigures } from './server.ts'
import { sharedRuleFigures } from './shared-rules.ts'
import { sqliteFigures } from './sqlite.ts'
import { SQL_SUITES } from './sql-server.ts'
import { stateFigures } from './state.ts'
import { windowFigures } from './windows.ts'

const SUITES = {
  expression: expressionFigures,
  'shared-rules': sharedRuleFigures,
  aggregates: aggregateFigures,
  joins: joinFigures,
  state: stateFigures,
  windows: windowFigures,
  sqlite: sqliteFigures,
  lane: laneFigures,
  mqtt: mqttFigures,
  ...SQL_SUITES,
  server: serverFigures,
  install: installFigures,
  mysql: mysqlFigures,
  plugin: pluginFigures,
  'plugin-rows': pluginRowFigures,
  'plugin-languages': languageFigures,
  'plugin-swap': swapFigures,
  'plugin-install': pluginInstallFigures,
  'plugin-life': lifeFigures,
}

const wanted = process.argv.slice(2)
let missed = 0
for (const [name, suite] of Object.entries(SUITES)) {
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue
  process.stdout.write(`\n${name}\n`)
  for (const figure of await suite()) if (!print(figure)) missed++
}
process.exitCode = missed > 0 ? 1 : 0
