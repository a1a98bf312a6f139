/** What somebody reads of the ledger whose role reaches a part of a landlord alone. */
import type { Clock } from '#base/base.ts'
import type { Sql } from '#engine/engine.ts'
import { type PeopleParts, rolesHeld } from '#people/people.ts'
import type { Providers } from '#providers/providers.ts'
import { idsWithin, reachOf } from '#register/register.ts'
import type { Person } from '#web/web.ts'

/**
 * Places, systems and cameras within their reach, and the colleagues who work nowhere else (Connexus 3.8: line managers see
 * what their own reports do). Nothing for who reaches all of a landlord, or reads no ledger.
 */
export async function ledgerPart(
  floor: {
    readonly sql: Sql
    readonly clock: Clock
    readonly providers: Providers
    readonly people: PeopleParts
  },
  person: Person,
): Promise<{ readonly things: readonly string[]; readonly colleagues: readonly string[] }> {
  const held = reachOf(person, 'ledger.read', floor.providers).held.filter(({ areas }) => areas.length > 0)
  if (held.length === 0) return { things: [], colleagues: [] }
  const things = await idsWithin(floor.sql, { everywhere: false, held })
  const colleagues = new Set([person.id])
  for (const provider of new Set(held.map((one) => one.provider))) {
    const mine = new Set(held.filter((one) => one.provider === provider).flatMap(({ areas }) => areas))
    const staff = await rolesHeld(floor.people, provider, floor.clock.nowMs())
    for (const [id, roles] of Map.groupBy(staff, ({ personId }) => personId))
      if (roles.every(({ areas }) => areas.length > 0 && areas.every((area) => mine.has(area))))
        colleagues.add(id)
  }
  return { things, colleagues: [...colleagues] }
}
