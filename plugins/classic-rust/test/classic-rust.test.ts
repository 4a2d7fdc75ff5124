import path from 'node:path'
import { describe } from 'vitest'
import { classicContract } from '../../../test/contract/classic.ts'
import { prebuiltContract } from '../../../test/contract/prebuilt.ts'

describe('the classic examples in Rust', () => {
  prebuiltContract(path.join(import.meta.dirname, '..'))
  classicContract('classic-rust')
})
