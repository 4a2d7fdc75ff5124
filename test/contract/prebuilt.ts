import path from 'node:path'
import { expect, test } from 'vitest'
import { recorded } from '../../plugin-sdk/assemblyscript/build/prebuilt.ts'
import { crateSums } from '../../plugin-sdk/rust/build/sums.ts'

/** The committed zip of a Rust plugin belongs to its sources as they are now. */
export function prebuiltContract(folder: string): void {
  test('the prebuilt copy was built from these sources', async () => {
    expect(await recorded(path.join(folder, 'prebuilt')), 'run npm run plugins -- --language Rust').toBe(await crateSums(folder))
  })
}
