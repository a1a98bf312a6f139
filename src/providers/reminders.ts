/** What time alone makes due in keeping a policy: its review, papers, expiries, translations, answers to be summed up. */
import { addDays, civilDay } from '#base/base.ts'
import { inTransaction, type Jobs } from '#engine/engine.ts'
import type { Pack } from '#policy/policy.ts'
import { dayWords } from '#web/web.ts'
import { wantedWords, wordTasks } from './bodies.ts'
import { wordsOf } from './bodies-store.ts'
import { consultationsOf } from './consultation-store.ts'
import { countUses } from './counts.ts'
import { inDueTime, type ProvidersDeps, packOr, type Work } from './deps.ts'
import { reviewDue } from './document.ts'
import { publicationsOf, reviewsOf, translationsOf } from './document-store.ts'
import { libraryLines } from './library.ts'
import { papersOf } from './library-store.ts'
import type { Provider } from './model.ts'
import { standardLines } from './standards.ts'
import { standardRows } from './standards-store.ts'

/** A policy’s own review takes weeks of asking people. */
const reviewWarnDays = 90
const paperWarnDays = 30
/** From the last day of a consultation to its outcome. */
const outcomeDays = 28
/** A landlord that was added just now sees within minutes what waits for it. */
const lookSeconds = 600
const countSeconds = 60
const versionSeconds = 600

export function startProviders(deps: ProvidersDeps & { readonly jobs: Jobs }): void {
  deps.jobs.every('providers.remind', lookSeconds, () => remind(deps))
  // A version that begins today is found on its day, not at the next start.
  deps.jobs.every('providers.versions', versionSeconds, () =>
    inTransaction(deps.sql, (tx) => deps.providers.bringTasksInLine(tx)),
  )
  deps.jobs.every('providers.count', countSeconds, () => countNow(deps))
}

/** Brings the counts behind "did it hold this month" up to date. */
export const countNow = ({ sql, providers }: Pick<ProvidersDeps, 'sql' | 'providers'>): Promise<void> =>
  countUses(sql, (slug) => providers.find(slug)?.timeZone ?? 'Europe/London')

/** Opens, for every landlord, each task of keeping its policy that is due now. One that is open already stays one. */
export async function remind(deps: ProvidersDeps): Promise<void> {
  for (const provider of deps.providers.list()) {
    const pack = packOr(deps.providers, provider.slug)
    if (pack === null) continue
    const works = await worksFor(deps, provider, pack)
    if (works.length === 0) continue
    await inTransaction(deps.sql, async (tx) => {
      for (const work of works) await deps.tasks.open(tx, work)
    })
  }
}

const publishWords = {
  website: 'Publish the CCTV policy on the website.',
  intranet: 'Put the CCTV policy on the intranet and record where.',
  staff: 'Tell staff of the CCTV policy, and have that recorded.',
} as const

/** Everything that waits for who keeps this policy, with its day. */
export async function worksFor(
  { sql, clock }: Pick<ProvidersDeps, 'sql' | 'clock'>,
  provider: Provider,
  pack: Pack,
): Promise<Work[]> {
  const nowMs = clock.nowMs()
  const { timeZone } = provider
  const today = civilDay(nowMs, timeZone)
  const owner = [pack.values.upkeep.ownerRole.value]
  const endOf = (day: string) =>
    Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds
  const work = (
    kind: string,
    title: string,
    about: Readonly<Record<string, string>>,
    rest: { readonly due?: string; readonly clause?: string | null; readonly roles?: readonly string[] } = {},
  ): Work => ({
    kind,
    provider: pack.provider,
    title,
    roles: rest.roles ?? owner,
    about: { provider: pack.provider, ...about },
    ...(rest.due === undefined ? inDueTime(nowMs) : { dueMs: endOf(rest.due) }),
    clause: rest.clause ?? null,
    nowMs,
  })
  const found: Work[] = []

  const newest = (await reviewsOf(sql, pack.provider))[0]
  const due = reviewDue(pack, newest)
  const ask = pack.values.upkeep.consulted.map(({ label }) => label).join('; ')
  if (due.day <= addDays(today, reviewWarnDays))
    found.push(
      work(
        'policy.review',
        `Look at the CCTV policy again. It is due by ${dayWords(due.day)}.${ask === '' ? '' : ` Those to ask: ${ask}.`}`.slice(
          0,
          300,
        ),
        {},
        { due: due.day, clause: due.clause },
      ),
    )
  for (const { kind, body } of wantedWords(pack, await wordsOf(sql, pack.provider), newest))
    found.push(
      work(
        wordTasks[kind],
        kind === 'approved'
          ? `Have the CCTV policy approved by: ${body}. Record on which day.`
          : `Show what came of looking at the CCTV policy again to: ${body}. Record on which day.`,
        {},
      ),
    )

  const papers = await papersOf(sql, pack.provider)
  for (const paper of papers)
    if (paper.reviewOn <= addDays(today, paperWarnDays))
      found.push(
        work(
          'library.review',
          `Read “${paper.title}” again and say whether it is still right.`,
          { paper: paper.id },
          {
            due: paper.reviewOn,
            clause: pack.values.papers.find((named) => named.code === paper.code)?.clause ?? null,
            roles: [paper.ownerRole],
          },
        ),
      )
  for (const line of libraryLines(pack, papers, today))
    if (line.state === 'missing' && line.code !== null)
      found.push(
        work(
          'library.missing',
          `The CCTV policy names “${line.title}”. Put it in the library.`,
          { paper: line.code },
          { clause: line.clause },
        ),
      )

  for (const line of standardLines(pack, await standardRows(sql, pack.provider), today)) {
    if (line.unproved)
      found.push(
        work(
          'standard.number',
          `“${line.title}”: record its number and the day on which it runs out.`,
          { standard: line.code },
          { clause: line.clause, roles: [line.ownerRole] },
        ),
      )
    if (line.expiresOn !== null && line.expiry !== 'far' && line.expiry !== 'none')
      found.push(
        work(
          'standard.expiry',
          `“${line.title}” ${line.expiry === 'over' ? 'ran out' : 'runs out'} on ${dayWords(line.expiresOn)}. Renew it and record that.`,
          { standard: line.code },
          { due: line.expiresOn, clause: line.clause, roles: [line.ownerRole] },
        ),
      )
  }

  for (const one of await translationsOf(sql, pack.provider))
    if (one.ofHash !== pack.hash)
      found.push(
        work(
          'policy.translation',
          `The policy has changed since it was translated (${one.languageName}). Have the translation brought up to date.`,
          {
            language: `${one.language}${one.easyRead ? '+easy' : ''}`,
          },
        ),
      )

  const made = new Set(
    (await publicationsOf(sql, pack.provider)).filter((p) => p.endedMs === null).map((p) => p.channel),
  )
  for (const { code, clause } of pack.values.upkeep.channels)
    if (code !== 'pdf' && !made.has(code))
      found.push(
        work(
          'policy.publish',
          publishWords[code],
          { channel: code },
          code === 'staff' ? { clause, roles: [pack.values.dpoRole] } : { clause },
        ),
      )

  for (const one of await consultationsOf(sql, pack.provider))
    if (one.closesMs <= nowMs && one.outcome === null)
      found.push(
        work(
          'policy.consultation',
          `People have answered about the CCTV policy (${one.answers}). Say what came of it.`,
          { policyConsultation: one.id },
          {
            due: addDays(civilDay(one.closesMs, timeZone), outcomeDays),
          },
        ),
      )
  return found
}
