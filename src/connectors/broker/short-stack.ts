import type { Aedes } from 'aedes'

type Give = (message: unknown, done: unknown) => unknown

/** What aedes hands messages to, as far as it is not declared. */
interface Emitter {
  /** Gives a message to its subscribers; when they have it, the next one that waits is given from inside of this call. */
  _do: Give
  /** Messages that are being given: at most as many as aedes allows at once, the others wait. */
  current: number
}

/** Calls inside of each other before the stack is left. */
const MOST = 64

/**
 * Keeps the stack short when many messages wait that nobody has subscribed to: by itself each of them is given by the one before it, and
 * some thousands end the process. While one waits for an empty stack its place stays taken, so that none overtakes it.
 */
export function keepStackShort(aedes: Aedes): void {
  const mq: unknown = 'mq' in aedes ? aedes.mq : undefined
  if (!isEmitter(mq)) return
  const give: Give = mq._do.bind(mq)
  let depth = 0
  const nested: Give = (message, done) => {
    depth++
    try {
      return give(message, done)
    } finally {
      depth--
    }
  }
  mq._do = (message, done) => {
    if (depth < MOST) return nested(message, done)
    mq.current++
    process.nextTick(() => {
      mq.current--
      nested(message, done)
    })
    return mq
  }
}

function isEmitter(mq: unknown): mq is Emitter {
  return typeof mq === 'object' && mq !== null && '_do' in mq && typeof mq._do === 'function' && 'current' in mq
}
