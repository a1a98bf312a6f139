/** What people/ needs for training that stands above it or beside it: the packs in effect, and tasks. */
import { type Clock, startOfDayMs } from '#base/base.ts'
import { closeTask, openTask } from '#casework/casework.ts'
import type { Sql } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import type { TrainingParts } from '#people/people.ts'
import type { Providers } from '#providers/providers.ts'

export function trainingParts(parts: {
  readonly sql: Sql
  readonly clock: Clock
  readonly providers: Providers
}): TrainingParts {
  const { sql, clock, providers } = parts
  return {
    sql,
    clock,
    record: append,
    landlords: () =>
      providers.list().map(({ slug, name, timeZone, versions }) => {
        const pack = providers.packOf(slug)
        const adopted = versions.find(({ version }) => version === pack.version)
        return {
          slug,
          name,
          pack,
          adoptedMs: adopted === undefined ? 0 : startOfDayMs(adopted.fromDay, timeZone),
        }
      }),
    openTask,
    closeTask,
  }
}
