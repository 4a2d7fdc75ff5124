#!/usr/bin/env node
// Plain JavaScript, so that every Node can read it and say what is missing.
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  process.stderr.write(
    `plutino needs Node 24 or newer, this is ${process.version}: run "npm start", or "npx node src/plutino.js server", which use the Node that "npm ci" brought\n`,
  )
  process.exitCode = 1
} else {
  // Compiled code and stripped types are kept between starts, which saves time and memory.
  const { enableCompileCache } = await import('node:module')
  enableCompileCache()
  const { main } = await import('./main.ts')
  await main(process.argv.slice(2))
}
