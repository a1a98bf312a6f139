/** What rooms above know against a landlord's policy this month, or in exception of it, gathered for its policy page. */
import { againstPolicy } from '#authorisation/authorisation.ts'
import { civilDay } from '#base/base.ts'
import { lateWork } from '#casework/casework.ts'
import type { Sql } from '#engine/engine.ts'
import { holdsInForce } from '#footage/footage.ts'
import type { Remark, Standing } from '#providers/providers.ts'
import { dayWords } from '#web/web.ts'

export async function policyStanding(
  sql: Sql,
  provider: { readonly slug: string; readonly timeZone: string },
  sinceMs: number,
  nowMs: number,
): Promise<Standing> {
  const today = civilDay(nowMs, provider.timeZone)
  const [late, authority, holds] = await Promise.all([
    lateWork(sql, provider.slug, sinceMs, nowMs),
    againstPolicy(sql, provider.slug, sinceMs, today),
    holdsInForce(sql, provider.slug),
  ])
  const troubles: Remark[] = late.map(({ clause, open, done }) => ({
    clause,
    control: null,
    words: [
      ...(open > 0 ? [`${counted(open, 'thing')} that it asks for ${open === 1 ? 'is' : 'are'} late.`] : []),
      ...(done > 0
        ? [`${counted(done, 'thing')} that it asks for ${done === 1 ? 'was' : 'were'} done late.`]
        : []),
    ].join(' '),
  }))
  if (authority.overruns > 0)
    for (const control of ['recording.ends-when-withdrawn', 'recording.only-under-mandate'])
      troubles.push({
        clause: null,
        control,
        words: `After the authority of ${counted(authority.overruns, 'camera')} had ended, something was still recorded before the news arrived. Nobody could look at it, and it was destroyed.`,
      })
  const exceptions: Remark[] = []
  if (holds !== null)
    for (const control of ['retention.at-most', 'retention.never-longer', 'retention.hold-with-an-end'])
      exceptions.push({
        clause: null,
        control,
        words: `${counted(holds.holds, 'hold')} on deletion, each with an owner and an end; the last ends on ${dayWords(civilDay(holds.lastEndsMs, provider.timeZone))}.`,
      })
  if (authority.transitional !== null)
    exceptions.push({
      clause: null,
      control: 'recording.only-under-mandate',
      words: `${counted(authority.transitional.cameras, 'camera')} of an older system may go on by leave until ${dayWords(authority.transitional.lastDay)} at the latest.`,
    })
  return { troubles, exceptions }
}

const counted = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`
