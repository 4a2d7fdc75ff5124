import type { FunctionDefinition } from '../api/definition.ts'
import { numberAggregates } from './aggregate-numbers.ts'
import { rowAggregates } from './aggregate-rows.ts'
import { statisticsAggregates } from './aggregate-statistics.ts'

/** Functions over groups of rows. */
export const aggregateFunctions: readonly FunctionDefinition[] = [...numberAggregates, ...rowAggregates, ...statisticsAggregates]
