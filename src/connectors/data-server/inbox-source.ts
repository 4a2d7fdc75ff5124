import type { StreamContext } from '../../api/context.ts'
import type { ConnectionObserver, Source, SourceBatch } from '../../api/source.ts'
import { PlutinoError } from '../../base/errors.ts'
import { Inbox, sourceClosed } from './inbox.ts'

/** Begins to fill the inbox; gives the function that stops it. May end the inbox when the connection is lost. */
export type OpenInbox = (inbox: Inbox, ctx: StreamContext) => Promise<() => void>

/** A source that others push to. */
export class InboxSource implements Source {
  readonly #open: OpenInbox
  readonly #observe: ConnectionObserver
  #inbox: Inbox | undefined
  #leave: (() => void) | undefined
  #closed = false

  constructor(open: OpenInbox, observe: ConnectionObserver) {
    this.#open = open
    this.#observe = observe
  }

  async connect(ctx: StreamContext): Promise<void> {
    if (this.#closed) throw sourceClosed()
    if (this.#inbox?.ended === false) return
    this.#leave?.()
    this.#leave = undefined
    const inbox = new Inbox()
    const leave = await this.#open(inbox, ctx)
    // It may have been closed meanwhile.
    if (this.#hasEnded()) {
      leave()
      throw sourceClosed()
    }
    this.#inbox = inbox
    this.#leave = leave
    this.#observe('connected')
  }

  async read(limit: number, ctx: StreamContext): Promise<SourceBatch | undefined> {
    if (this.#inbox === undefined) throw new PlutinoError('unavailable', 'the source is not connected')
    return this.#inbox.read(limit, ctx)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#leave?.()
    this.#leave = undefined
    this.#inbox?.end(sourceClosed())
  }

  #hasEnded(): boolean {
    return this.#closed
  }
}
