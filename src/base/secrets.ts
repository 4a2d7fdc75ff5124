const SECRET_NAME = /passw(or)?d|secret|token|credential|api_?key|private_?key|aes_?key|authorization/i

export const MASK = '***'

/** Does a member of this name hold something that must never be shown? */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name)
}

// The lengths are bounded so that no text, however long, makes the search slow.
const URL_PASSWORD = /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,30}:\/\/[^\s:@/?#"']{0,256}):[^\s"']{0,1000}@/gi
const DSN_PASSWORD = /(?<=^|[\s"'=])([^\s:@/"'()]{1,256}):[^\s"']{0,1000}@(?=(?:tcp|unix|udp)\()/gi

/** Hides passwords inside a text that may hold addresses: `mysql://user:pw@host`, `user:pw@tcp(host:3306)/db`. */
export function maskAddresses(text: string): string {
  if (!text.includes('@')) return text
  return text.replaceAll(URL_PASSWORD, `$1:${MASK}@`).replaceAll(DSN_PASSWORD, `$1:${MASK}@`)
}

/** A copy of plain data in which secrets read `***`: members with telling names, and passwords in addresses. */
export function maskSecrets(value: unknown, isSecret: (name: string) => boolean = isSecretName): unknown {
  if (typeof value === 'string') return maskAddresses(value)
  if (Array.isArray(value)) return value.map((item) => maskSecrets(item, isSecret))
  if (value === null || typeof value !== 'object' || !isPlain(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const hide = isSecret(name) && member !== null && member !== '' && typeof member !== 'object' && typeof member !== 'boolean'
      return [name, hide ? MASK : maskSecrets(member, isSecret)]
    }),
  )
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
