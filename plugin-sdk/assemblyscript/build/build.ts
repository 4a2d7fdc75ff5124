import { compile, type CompileOptions } from './compile.ts'
import { toComponent } from './component.ts'
import { readProject, type Project } from './project.ts'

export interface BuiltPlugin extends Project {
  /** The core module: what the component wraps. For tests that run it directly. */
  readonly core: Uint8Array
  readonly component: Uint8Array
}

/**
 * Builds the plugin in a folder: assembly/{sink,source,function}.ts -> WebAssembly component. The same sources give the same bytes, on every machine.
 * Throws BuildError with a message for the author: file and line of a mistake, or the functions that plugins cannot use.
 */
export async function buildPlugin(folder: string, options: CompileOptions = {}): Promise<BuiltPlugin> {
  const project = await readProject(folder)
  const core = await compile(project, options)
  return { ...project, core, component: await toComponent(core, project.kinds) }
}
