/** Waits until `check` holds. Fails after ten seconds with what was waited for: a bound, never a pace. */
export async function until(what: string | (() => string), check: () => boolean | Promise<boolean>, limit = 10_000): Promise<void> {
  const start = performance.now()
  while (!(await check())) {
    if (performance.now() - start > limit) throw new Error(`waited in vain: ${typeof what === 'string' ? what : what()}`)
    await new Promise((resolve) => {
      setTimeout(resolve, 2)
    })
  }
}
