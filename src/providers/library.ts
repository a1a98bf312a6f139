/**
 * The library: papers that the policy names and papers of the landlord's own choice, each at the steps that need it.
 * What the pack names and nobody has put in stands there as missing; a link that the pack gives works from the start.
 */
import { createHash } from 'node:crypto'
import { addDays, civilDay, newId, ok, type Result, refuse } from '#base/base.ts'
import { inTransaction, type Query, type Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import type { Pack, Stage } from '#policy/policy.ts'
import { type Html, html, marks, type Page } from '#web/web.ts'
import { inDueTime, type ProvidersDeps, packOr } from './deps.ts'
import {
  changePaper,
  insertPaper,
  insertPaperVersion,
  type PaperKind,
  type PaperRow,
  papersOf,
} from './library-store.ts'
import type { Providers } from './model.ts'

type Parts = Pick<ProvidersDeps, 'sql' | 'tasks'>
type Deed = { readonly by: string; readonly nowMs: number }

/** A line of the library: one that is there, or one that the pack names. */
export type LibraryLine = {
  /** Null: named by the pack, and nobody has put it in. */
  readonly id: string | null
  readonly code: string | null
  readonly kind: PaperKind
  readonly title: string
  readonly stages: readonly Stage[]
  /** Where it opens; null where there is nothing to open yet. */
  readonly href: string | null
  readonly edition: string | null
  readonly reviewOn: string | null
  readonly state: 'current' | 'overdue' | 'dead' | 'missing' | 'linked'
  readonly clause: string | null
}

/** Everything that should stand beside the policy; those that need somebody first. */
export function libraryLines(pack: Pack, papers: readonly PaperRow[], today: string): LibraryLine[] {
  const named = new Map(pack.values.papers.map((paper) => [paper.code, paper]))
  const there = papers.map(
    (paper): LibraryLine => ({
      id: paper.id,
      code: paper.code,
      kind: paper.kind,
      title: paper.title,
      stages: paper.stages,
      href: `/policy/${pack.provider}/library/${paper.id}`,
      edition: paper.edition,
      reviewOn: paper.reviewOn,
      state: paper.deadSinceMs !== null ? 'dead' : paper.reviewOn < today ? 'overdue' : 'current',
      clause: paper.code === null ? null : (named.get(paper.code)?.clause ?? null),
    }),
  )
  const have = new Set(papers.map((paper) => paper.code))
  const lacking = pack.values.papers
    .filter((paper) => !have.has(paper.code))
    .map(
      (paper): LibraryLine => ({
        id: null,
        code: paper.code,
        kind: paper.kind,
        title: paper.title,
        stages: paper.stages,
        href: paper.url,
        edition: null,
        reviewOn: null,
        state: paper.url === null ? 'missing' : 'linked',
        clause: paper.clause,
      }),
    )
  const weight = { dead: 0, overdue: 1, missing: 2, current: 3, linked: 3 } as const
  return [...there, ...lacking].sort(
    (a, b) => weight[a.state] - weight[b.state] || a.title.localeCompare(b.title),
  )
}

/** What helps at a step, for the page of that step: what is in the library, and what the pack itself links. */
export async function libraryFor(
  parts: { readonly sql: Query; readonly providers: Pick<Providers, 'packOf'> },
  provider: string,
  stage: Stage,
): Promise<readonly LibraryLine[]> {
  const pack = packOr(parts.providers, provider)
  if (pack === null) return []
  const papers = await papersOf(parts.sql, provider)
  return libraryLines(pack, papers, '0000-01-01').filter(
    (line) => line.stages.includes(stage) && line.href !== null && line.state !== 'dead',
  )
}

/** "Guidance for this step" as a short list to open; nothing where the library has nothing for it. */
export async function guidanceFor(
  parts: { readonly sql: Query; readonly providers: Pick<Providers, 'packOf'> },
  provider: string,
  stage: Stage,
): Promise<Html | null> {
  const lines = await libraryFor(parts, provider, stage)
  if (lines.length === 0) return null
  return html`<aside class="overt-guidance" aria-labelledby="guidance-title"><h2 class="govuk-heading-s" id="guidance-title">Guidance for this step</h2>${marks.bullets(
    lines.map(
      (line) =>
        html`${marks.link(line.href!, line.title)} <span class="overt-muted">${kindWords[line.kind].toLowerCase()}${line.edition === null ? null : `, ${line.edition}`}</span>`,
    ),
  )}</aside>`
}

/** The page of a step with the guidance that the landlord's library has for it. */
export async function withGuidance(
  parts: { readonly sql: Query; readonly packs: Pick<Providers, 'packOf'> },
  provider: string,
  stage: Stage,
  page: Page,
): Promise<Page> {
  const guidance = await guidanceFor({ sql: parts.sql, providers: parts.packs }, provider, stage)
  return guidance === null ? page : { ...page, guidance }
}

export const kindWords: Readonly<Record<PaperKind, string>> = {
  policy: 'Policy',
  procedure: 'Procedure',
  template: 'Template',
  guidance: 'Guidance from outside',
}

export type PaperBody =
  | { readonly url: string; readonly file: null }
  | {
      readonly url: null
      readonly file: { readonly bytes: Buffer; readonly mime: string; readonly filename: string }
    }

/** A paper with its first version. */
export async function addPaper(
  parts: Parts,
  pack: Pack,
  given: {
    readonly code: string | null
    readonly kind: PaperKind
    readonly title: string
    readonly stages: readonly Stage[]
    readonly ownerRole: string
    readonly reviewOn: string
    readonly edition: string
    readonly body: PaperBody
  },
  { by, nowMs }: Deed,
): Promise<Result<string>> {
  const { edition, body, ...paper } = given
  const id = newId(nowMs)
  return await inTransaction(parts.sql, async (tx): Promise<Result<string>> => {
    if (!(await insertPaper(tx, { ...paper, id, provider: pack.provider, by, atMs: nowMs })))
      return refuse({
        code: 'there-already',
        message: 'This paper is in the library already. Open it there, and add a newer version to it.',
        clause: null,
      })
    await addVersion(tx, id, edition, body, { by, nowMs })
    await tell(tx, pack.provider, 'library.added', id, { kind: given.kind, version: 1 }, { by, nowMs })
    if (given.code !== null)
      await parts.tasks.close(tx, {
        kind: 'library.missing',
        about: { provider: pack.provider, paper: given.code },
        by,
        nowMs,
      })
    return ok(id)
  })
}

async function addVersion(
  tx: Tx,
  id: string,
  edition: string,
  body: PaperBody,
  { by, nowMs }: Deed,
): Promise<number> {
  return await insertPaperVersion(tx, id, {
    edition,
    url: body.url,
    file: body.file?.bytes ?? null,
    mime: body.file?.mime ?? null,
    filename: body.file?.filename ?? null,
    sha256: body.file === null ? null : createHash('sha256').update(body.file.bytes).digest('hex'),
    by,
    atMs: nowMs,
  })
}

/**
 * A newer version. It opens a task to look whether the policy still agrees with it: a change of a paper that touches
 * cameras brings the policy's own review forward (Derby Homes 12.1).
 */
export async function renewPaper(
  parts: Parts,
  pack: Pack,
  paper: PaperRow,
  given: { readonly edition: string; readonly reviewOn: string; readonly body: PaperBody },
  { by, nowMs }: Deed,
): Promise<number> {
  return await inTransaction(parts.sql, async (tx) => {
    const number = await addVersion(tx, paper.id, given.edition, given.body, { by, nowMs })
    await changePaper(tx, paper.id, { reviewOn: given.reviewOn })
    await tell(tx, pack.provider, 'library.renewed', paper.id, { version: number }, { by, nowMs })
    for (const kind of ['library.review', 'library.dead'])
      await parts.tasks.close(tx, { kind, about: { paper: paper.id }, by, nowMs })
    await openCheck(
      tx,
      parts,
      pack,
      `“${paper.title}” has a newer version. See whether the CCTV policy still agrees with it.`,
      {
        paper: paper.id,
      },
      nowMs,
    )
    return number
  })
}

/** The task of looking at the policy sooner, because something that it leans on has changed. */
export async function openCheck(
  tx: Tx,
  parts: Pick<Parts, 'tasks'>,
  pack: Pack,
  title: string,
  about: Readonly<Record<string, string>>,
  nowMs: number,
): Promise<void> {
  const timeZone = pack.values.provider.timeZone
  const day = addDays(civilDay(nowMs, timeZone), checkDays)
  await parts.tasks.open(tx, {
    kind: 'policy.review-early',
    provider: pack.provider,
    title,
    roles: [pack.values.upkeep.ownerRole.value],
    about: { provider: pack.provider, ...about },
    dueMs: Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds,
    clause: pack.values.upkeep.earlier[0]?.clause ?? null,
    nowMs,
  })
}

/** How long there is to look at the policy after something that it leans on has changed. */
const checkDays = 28

/** Somebody read it again and found it right, until the next day. */
export async function reviewPaper(
  parts: Parts,
  pack: Pack,
  paper: PaperRow,
  reviewOn: string,
  { by, nowMs }: Deed,
): Promise<void> {
  await inTransaction(parts.sql, async (tx) => {
    await changePaper(tx, paper.id, { reviewOn })
    await tell(tx, pack.provider, 'library.reviewed', paper.id, { reviewOn }, { by, nowMs })
    await parts.tasks.close(tx, { kind: 'library.review', about: { paper: paper.id }, by, nowMs })
  })
}

/** A person found that its link leads nowhere: steps stop showing it, and its owner is asked for another. */
export async function markDead(
  parts: Parts,
  pack: Pack,
  paper: PaperRow,
  { by, nowMs }: Deed,
): Promise<void> {
  await inTransaction(parts.sql, async (tx) => {
    await changePaper(tx, paper.id, { deadSinceMs: nowMs })
    await tell(tx, pack.provider, 'library.link-dead', paper.id, {}, { by, nowMs })
    await parts.tasks.open(tx, {
      kind: 'library.dead',
      provider: pack.provider,
      title: `The link to “${paper.title}” leads nowhere. Find where it is now.`,
      roles: [paper.ownerRole],
      about: { provider: pack.provider, paper: paper.id },
      ...inDueTime(nowMs),
      clause: pack.values.papers.find((named) => named.code === paper.code)?.clause ?? null,
      nowMs,
    })
  })
}

export async function retirePaper(
  parts: Parts,
  pack: Pack,
  paper: PaperRow,
  { by, nowMs }: Deed,
): Promise<void> {
  await inTransaction(parts.sql, async (tx) => {
    await changePaper(tx, paper.id, { endedMs: nowMs })
    await tell(tx, pack.provider, 'library.retired', paper.id, {}, { by, nowMs })
    for (const kind of ['library.review', 'library.dead'])
      await parts.tasks.close(tx, { kind, about: { paper: paper.id }, by, nowMs })
  })
}

const tell = (
  tx: Tx,
  provider: string,
  kind: string,
  paper: string,
  data: Readonly<Record<string, string | number>>,
  { by, nowMs }: Deed,
) => append(tx, { kind, actor: by, provider, about: { provider, paper }, data, atMs: nowMs })
