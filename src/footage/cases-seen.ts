/** Which cases somebody may see, and so give as their reason: those that are about what their roles reach. */
import type { CaseReach } from '#casework/casework.ts'
import { placedWithin } from '#register/register.ts'
import type { Person } from '#web/web.ts'

/**
 * @param provider at this landlord alone, where the question is about one of its cameras: two may have the same reference
 *
 * A case about a place or an area is shown to those whose role reaches it. One about the whole landlord (so are those from
 * before cases had places) is shown to those whose role reaches all of it, to who opened it and to who has looked for it.
 */
export const casesSeenBy =
  (person: Person, provider?: string): CaseReach =>
  (sql) => {
    const held = person.roles.filter((one) => provider === undefined || one.provider === provider)
    const reach = { everywhere: false, held }
    return sql`(${placedWithin(sql, reach, 'c.provider', 'c.area', 'c.site_id')}
      or (c.area is null and c.site_id is null and c.provider = any (${held.map((one) => one.provider)}::text[])
        and (c.opened_by = ${person.id}
          or c.id in (select case_id from footage.viewing where person_id = ${person.id} and case_id is not null))))`
  }
