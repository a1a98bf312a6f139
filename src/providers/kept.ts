/**
 * How long footage is kept under each version of a landlord's policy. A newer version that keeps less shortens what is
 * recorded already, from its own first day on; one that keeps more never lengthens it: people were told the shorter time
 * when they were filmed (UK GDPR Art 5(1)(b) and (e)). Pure but for what is read from the packs.
 */
import { addDays, startOfDayMs } from '#base/base.ts'
import { rolesFor } from '#policy/policy.ts'
import { dayWords } from '#web/web.ts'
import type { Work } from './deps.ts'
import type { Providers } from './model.ts'

export type Keeping = {
  readonly version: string
  readonly fromDay: string
  readonly days: number
  readonly clause: string | null
  /** Who took the version on; null: nobody, the installation did. */
  readonly by: string | null
}

/** Oldest first; of two versions that begin on one day the newer document. */
export function keepings(packs: Pick<Providers, 'find' | 'packOf'>, slug: string): readonly Keeping[] {
  const byDay = new Map<string, Keeping>()
  const versions = [...(packs.find(slug)?.versions ?? [])].sort(
    (a, b) => a.fromDay.localeCompare(b.fromDay) || a.version.localeCompare(b.version),
  )
  for (const { version, fromDay, adoptedBy } of versions) {
    const { value, clause } = packs.packOf(slug, { version }).values.retentionDays
    byDay.set(fromDay, { version, fromDay, days: value, clause, by: adoptedBy })
  }
  return [...byDay.values()]
}

/** Those that have a say about footage of a day: the one in effect on it, and each that has begun since. */
export function sayOn(list: readonly Keeping[], day: string, today: string): readonly Keeping[] {
  const then = list.findLast((one) => one.fromDay <= day)
  return list.filter((one) => one === then || (one.fromDay > day && one.fromDay <= today))
}

/**
 * The civil day by whose first instant footage of `day` is gone under these versions, and the one that says so; null
 * where none has a say. Never before the first day of the version that shortens it.
 */
export function goneUnder(
  list: readonly Keeping[],
  day: string,
  today: string,
): (Pick<Keeping, 'version' | 'clause'> & { readonly goneBy: string }) | null {
  const limits = sayOn(list, day, today).map(({ version, clause, fromDay, days }) => {
    return { version, clause, goneBy: [addDays(day, days), fromDay].toSorted()[1]! }
  })
  return limits.toSorted((a, b) => a.goneBy.localeCompare(b.goneBy))[0] ?? null
}

export const keepsLessTask = 'policy.keeps-less'

/**
 * Before its day, whoever may hold footage, and whoever answers for data protection, hears that a version is to come
 * that keeps less: what is still needed has to be held by then.
 */
export function keepsLessWork(
  packs: Pick<Providers, 'find' | 'packOf'>,
  slug: string,
  today: string,
  nowMs: number,
): readonly Work[] {
  const list = keepings(packs, slug)
  const { timeZone } = packs.find(slug)!
  return list.flatMap((one, n): Work[] => {
    const before = list[n - 1]
    if (before === undefined || one.fromDay <= today || one.days >= before.days) return []
    const pack = packs.packOf(slug, { version: one.version })
    return [
      {
        kind: keepsLessTask,
        provider: slug,
        title: `From ${dayWords(one.fromDay)} the CCTV policy keeps footage for ${one.days} days, not ${before.days}. What is older is deleted on that day. Hold what is still needed.`,
        roles: [...new Set([...rolesFor(pack, 'footage.hold'), pack.values.dpoRole])],
        about: { provider: slug, version: one.version },
        dueMs: startOfDayMs(one.fromDay, timeZone),
        clause: one.clause,
        nowMs,
      },
    ]
  })
}
