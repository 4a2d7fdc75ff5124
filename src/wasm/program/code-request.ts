/** What executes components of one core module. All others run as jco translates them. */
export type Executor = 'own' | 'jco'

export interface CodeRequest {
  /** In shared memory, so that it need not be copied into the thread. */
  readonly component: Uint8Array
  /** For messages. */
  readonly file: string
  readonly executor: Executor
  /** Text of the WIT package. */
  readonly wit: string
  /** That the plugin may have. */
  readonly memoryBytes: number
  /** Where translations are kept; absent: nowhere. */
  readonly folder?: string
}
