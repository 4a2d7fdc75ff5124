#!/usr/bin/env node
// Plain JavaScript, so that every Node can read it and say what is missing.
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  process.stderr.write(
    `plutino needs Node 24 or newer, this is ${process.version}: run "npm start", or "npx node src/plutino.js server", which use the Node that "npm ci" brought\n`,
  )
  process.exitCode = 1
} else {
  const { main } = await import('./main.ts')
  await main(process.argv.slice(2))
}
