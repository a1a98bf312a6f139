/**
 * Chasing: late work is told to the roles above, and each person is told by e-mail how much waits for them. What is sent
 * holds numbers, days and one link: a mailbox is no place for names, addresses or cameras.
 */
import { civilDay, type Log, story } from '#base/base.ts'
import { escalateDue, type LateRules, type ListedTask, taskListMax, tasksFor } from '#casework/casework.ts'
import { inTransaction, type Jobs, type Mail } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { digestDone, digestFailed, digestsDue, takeDigest } from '#people/people.ts'
import { dayWords, type Person } from '#web/web.ts'
import { inOrder, soonDays } from './my-work.ts'
import type { DeskParts } from './parts.ts'

export type ChasingParts = Pick<DeskParts, 'sql' | 'clock' | 'packs'> & {
  readonly log: Log
  /** Null: the landlord has no mail server set, so nobody is written to. */
  readonly mail: Mail | null
  /** Where people sign in. */
  readonly url: string
  readonly timeZone: string
  /** The person with their present roles; null when they have left. */
  personOf(id: string): Promise<Pick<Person, 'id' | 'roles'> | null>
}

const everySeconds = 300
/** From seven in the morning on, so that it is there when work begins. */
const fromHour = 7

export function startChasing(
  parts: ChasingParts & { readonly jobs: Jobs; readonly rolesHeld: DeskParts['rolesHeld'] },
): void {
  parts.jobs.every('desk.escalate', everySeconds, async () => {
    const { sql, clock, rolesHeld } = parts
    await escalateDue(sql, { nowMs: clock.nowMs(), rules: lateRules(parts), rolesHeld })
  })
  const { mail } = parts
  if (mail !== null) parts.jobs.every('desk.digests', everySeconds, () => sendDigests({ ...parts, mail }))
}

/** Every landlord's rules for late work. */
export const lateRules = ({ packs }: Pick<ChasingParts, 'packs'>): ReadonlyMap<string, LateRules> =>
  new Map(packs.list().map(({ slug }) => [slug, packs.packOf(slug).values]))

/**
 * Sends to each person who is due what waits for them, never twice for a day. One that the server refuses doesn't hold up
 * the others and is tried again; one that a crash cuts off is left out, since nobody knows whether it went. What a server
 * took without being able to say so bears the same id when it is tried again, by which mailboxes drop the double.
 */
export async function sendDigests(parts: ChasingParts & { readonly mail: Mail }): Promise<void> {
  const { sql, clock, mail, log, timeZone } = parts
  const nowMs = clock.nowMs()
  if (Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone).hour < fromHour) return
  const day = civilDay(nowMs, timeZone)
  for (const { personId, email } of await digestsDue(sql, day)) {
    const person = await parts.personOf(personId)
    const tasks = person === null ? [] : await tasksFor(sql, person)
    const of = { nowMs, timeZone, url: parts.url, soonDaysOf: soonDays(parts.packs) }
    const text = digestText(tasks, of)
    if (!(await takeDigest(sql, personId, day))) continue
    try {
      if (text !== null) await mail.send({ to: email, ...text, id: `${day}.${personId}` })
    } catch (error) {
      // The address is the person's; the log gets the story only.
      log.warn({ person: personId, story: story(error) }, 'an e-mail could not be sent; it is tried again')
      await digestFailed(sql, personId, day, nowMs)
      continue
    }
    await inTransaction(sql, async (tx) => {
      await digestDone(tx, personId)
      if (text === null) return
      const { late, soon, later } = inOrder(
        tasks.filter((task) => task.own),
        nowMs,
        of.soonDaysOf,
      )
      await append(tx, {
        kind: 'work.told',
        actor: null,
        provider: null,
        about: { person: personId },
        data: { overdue: late.length, soon: soon.length, later: later.length },
        atMs: nowMs,
      })
    })
  }
}

/** Null when nothing waits: nobody is written to for nothing. */
export function digestText(
  tasks: readonly ListedTask[],
  of: {
    readonly nowMs: number
    readonly timeZone: string
    readonly url: string
    readonly soonDaysOf: (provider: string) => number
  },
): { readonly subject: string; readonly text: string } | null {
  const own = tasks.filter((task) => task.own)
  const told = tasks.length - own.length
  if (tasks.length === 0) return null
  const { late, soon, later } = inOrder(own, of.nowMs, of.soonDaysOf)
  const things = (n: number): string => (n === 1 ? 'One thing' : `${n} things`)
  const first = [...late, ...soon, ...later].find((task) => task.dueMs !== null)
  const lines = [
    late.length > 0 && `${things(late.length)} overdue`,
    soon.length > 0 && `${things(soon.length)} due soon`,
    later.length > 0 && `${things(later.length)} with more time`,
    told > 0 && `${things(told)} of other people, told to you because late`,
    tasks.length >= taskListMax && `No more than the ${taskListMax} most urgent are counted`,
  ].filter((line): line is string => typeof line === 'string')
  return {
    subject:
      late.length > 0
        ? `Overt: ${late.length === 1 ? 'one thing is' : `${late.length} things are`} overdue`
        : `Overt: ${tasks.length === 1 ? 'one thing waits' : `${tasks.length} things wait`} for you`,
    text: `${[
      'What waits for you in Overt:',
      '',
      ...lines.map((line) => `- ${line}`),
      ...(first?.dueMs != null && late.length === 0
        ? ['', `The first is due by ${dayWords(civilDay(first.dueMs - 1, of.timeZone))}.`]
        : []),
      '',
      `What it is, and the rule that asks for it: ${of.url}/`,
      '',
      'This message names nobody and no place on purpose.',
      `How often you get it, or never: ${of.url}/account/mail`,
    ].join('\n')}\n`,
  }
}

/** Ledger entries of this room in plain words. */
export const ledgerEvents: Readonly<
  Record<string, (leaf: { readonly data: { readonly [name: string]: unknown } }) => string>
> = {
  'work.told': ({ data }) =>
    `Somebody was told by e-mail what waits for them: ${data['overdue']} overdue, ${data['soon']} due soon, ${data['later']} later.`,
}
