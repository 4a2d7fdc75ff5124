import type { ContentFactory } from '../windows/content.ts'
import { EntryContent } from './entry-content.ts'
import type { Fold } from './fold.ts'
import { KeptContent } from './kept-content.ts'
import { PaneContent } from './pane-content.ts'
import { WholeContent } from './whole-content.ts'

/** What a window holds under an aggregate. `incremental`: as accumulators, where all of them can be added up from parts. */
export function aggregateContent(fold: Fold, incremental: boolean): ContentFactory {
  return (leaving) => {
    if (!incremental) return new KeptContent(fold)
    if (!fold.folds(leaving)) return new KeptContent(fold)
    if (leaving === 'whole') return new WholeContent(fold)
    return leaving === 'panes' ? new PaneContent(fold) : new EntryContent(fold)
  }
}
