/** The guest broke the ABI or a limit. Its instance cannot be used any more. */
export class GuestTrap extends Error {
  override readonly name = 'GuestTrap'
}
