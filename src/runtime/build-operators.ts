import type { CallContext } from '../api/function.ts'
import type { Operator } from '../api/operator.ts'
import { PlutinoError } from '../base/errors.ts'
import { Compiler } from '../expression/compile.ts'
import type { FunctionLookup } from '../expression/functions.ts'
import { filterProject } from '../operators/filter-project.ts'
import { filter } from '../operators/filter.ts'
import { project } from '../operators/project.ts'
import type { PlanNode, RulePlan } from '../plan/nodes.ts'

export interface OperatorDeps {
  readonly functions: FunctionLookup
  readonly context: CallContext
  /** Shared by all rules of a thread, so that equal statements share their code. */
  readonly compiler?: Compiler
}

/** An operator and the nodes of the plan that it does, nearest to the source first. */
export interface BuiltOperator {
  readonly operator: Operator
  readonly nodes: readonly PlanNode[]
}

/** The operators of a plan in the order in which batches pass through them. */
export function buildOperators(plan: RulePlan, deps: OperatorDeps): readonly Operator[] {
  return operatorsWithNodes(plan, deps).map(({ operator }) => operator)
}

/** As `buildOperators`, with what each operator stands for: a fused one counts rows for several nodes of the status. */
export function operatorsWithNodes(plan: RulePlan, deps: OperatorDeps): readonly BuiltOperator[] {
  return build(plan.root, deps, deps.compiler ?? new Compiler())
}

function build(node: PlanNode, deps: OperatorDeps, compiler: Compiler): readonly BuiltOperator[] {
  switch (node.op) {
    case 'source':
      return []
    case 'filter':
      return [...build(node.input, deps, compiler), { operator: filter(node.predicate, node.clause, compiler, deps), nodes: [node] }]
    case 'project': {
      const { input } = node
      if (input.op !== 'filter' || input.clause !== 'Where')
        return [...build(input, deps, compiler), { operator: project(node, compiler, deps), nodes: [node] }]
      return [
        ...build(input.input, deps, compiler),
        { operator: filterProject(input.predicate, node, compiler, deps), nodes: [input, node] },
      ]
    }
    case 'analytic':
    case 'callBatch':
    case 'window':
    case 'join':
    case 'lookup':
    case 'aggregate':
    case 'number':
    case 'order':
    case 'distinct':
    case 'expand':
    case 'limit':
      throw new PlutinoError('sql_unsupported', `a step "${node.op}" of the plan is not supported yet`)
  }
}
