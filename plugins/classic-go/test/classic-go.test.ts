import { describe } from 'vitest'
import { classicContract } from '../../../test/contract/classic.ts'
import { built } from '../../../test/support/plugin-zips.ts'

// Its 2 MB are not kept in the repository: it is tested where it has just been built.
describe.skipIf(!built)('the classic examples in Go', () => classicContract('classic-go', 'classic'))
