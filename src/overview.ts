import type { Catalog } from './catalog/catalog.ts'

/** What runs, for the terminal of the person who started the server. */
export function overview(
  catalog: Catalog,
  places: { readonly version: string; readonly url: string; readonly broker: string | undefined },
): readonly string[] {
  const rules = catalog.rules.list().map(({ id, status }) => `${id} (${status})`)
  const plugins = (['sources', 'sinks', 'functions'] as const).flatMap((kind) => catalog.plugins.list(kind))
  return [
    `Plutino ${places.version} answers on ${places.url}`,
    `  MQTT broker  ${places.broker ?? 'none'}`,
    `  streams      ${named(catalog.streams.list())}`,
    `  rules        ${named(rules)}`,
    `  plugins      ${named(plugins)}`,
  ]
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, 20).join(', ')
  if (names.length === 0) return 'none'
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown
}
