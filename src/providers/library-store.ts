/** SQL of the library. */
import type { Query, Tx } from '#engine/engine.ts'
import type { Stage } from '#policy/policy.ts'

export type PaperKind = 'policy' | 'procedure' | 'template' | 'guidance'

export type PaperRow = {
  readonly id: string
  readonly provider: string
  /** Of the paper that the pack names, or null. */
  readonly code: string | null
  readonly kind: PaperKind
  readonly title: string
  readonly stages: readonly Stage[]
  readonly ownerRole: string
  readonly reviewOn: string
  readonly deadSinceMs: number | null
  readonly atMs: number
  /** Of the newest version. */
  readonly number: number
  readonly edition: string
  readonly url: string | null
  readonly filename: string | null
}

export type PaperVersion = {
  readonly number: number
  readonly edition: string
  readonly url: string | null
  readonly filename: string | null
  readonly mime: string | null
  readonly sha256: string | null
  readonly by: string | null
  readonly atMs: number
}

const columns = (sql: Query) => sql`
  p.id, p.provider, p.code, p.kind, p.title, p.stages, p.owner_role as "ownerRole", p.review_on as "reviewOn",
  p.dead_since as "deadSinceMs", p.at as "atMs", v.number, v.edition, v.url, v.filename`
const newest = (sql: Query) => sql`
  providers.paper p join lateral (
    select number, edition, url, filename from providers.paper_version where paper = p.id
    order by number desc limit 1) v on true`

export const papersMax = 300

/** Papers in use, by title; `stage` narrows to those of one step. */
export async function papersOf(
  sql: Query,
  provider: string,
  stage: Stage | null = null,
): Promise<PaperRow[]> {
  return await sql<PaperRow[]>`
    select ${columns(sql)} from ${newest(sql)}
    where p.provider = ${provider} and p.ended_at is null
      ${stage === null ? sql`` : sql`and ${stage} = any (p.stages)`}
    order by p.title limit ${papersMax}`
}

export async function findPaper(sql: Query, provider: string, id: string): Promise<PaperRow | null> {
  const [row] = await sql<PaperRow[]>`
    select ${columns(sql)} from ${newest(sql)}
    where p.provider = ${provider} and p.id = ${id} and p.ended_at is null`
  return row ?? null
}

/** False where a paper of that code is in the library already. */
export async function insertPaper(
  tx: Tx,
  row: Omit<PaperRow, 'number' | 'edition' | 'url' | 'filename' | 'deadSinceMs'> & { readonly by: string },
): Promise<boolean> {
  const made = await tx`
    insert into providers.paper (id, provider, code, kind, title, stages, owner_role, review_on, by_person, at)
    values (${row.id}, ${row.provider}, ${row.code}, ${row.kind}, ${row.title}, ${row.stages as string[]},
      ${row.ownerRole}, ${row.reviewOn}, ${row.by}, ${row.atMs}::timestamptz)
    on conflict (provider, code) where ended_at is null do nothing`
  return made.count > 0
}

export async function insertPaperVersion(
  tx: Tx,
  paper: string,
  row: Omit<PaperVersion, 'number'> & { readonly file: Buffer | null },
): Promise<number> {
  // The paper's row is locked, so two uploads at once become two versions.
  await tx`select 1 from providers.paper where id = ${paper} for update`
  const [made] = await tx<{ number: number }[]>`
    insert into providers.paper_version (paper, number, edition, url, file, mime, filename, sha256, by_person, at)
    select ${paper}, coalesce(max(number), 0) + 1, ${row.edition}, ${row.url}, ${row.file}, ${row.mime},
      ${row.filename}, ${row.sha256}, ${row.by}, ${row.atMs}::timestamptz
    from providers.paper_version where paper = ${paper}
    returning number`
  await tx`update providers.paper set dead_since = null where id = ${paper}`
  return made!.number
}

export async function versionsOf(sql: Query, paper: string): Promise<PaperVersion[]> {
  return await sql<PaperVersion[]>`
    select number, edition, url, filename, mime, sha256, by_person as by, at as "atMs"
    from providers.paper_version where paper = ${paper} order by number desc limit 100`
}

export async function fileOf(
  sql: Query,
  paper: string,
  number: number,
): Promise<{ readonly file: Buffer; readonly mime: string; readonly filename: string } | null> {
  const [row] = await sql<{ file: Buffer; mime: string; filename: string }[]>`
    select file, mime, filename from providers.paper_version
    where paper = ${paper} and number = ${number} and file is not null`
  return row ?? null
}

export async function changePaper(
  tx: Tx,
  id: string,
  change: { readonly reviewOn?: string; readonly deadSinceMs?: number; readonly endedMs?: number },
): Promise<void> {
  if (change.reviewOn !== undefined)
    await tx`update providers.paper set review_on = ${change.reviewOn} where id = ${id}`
  if (change.deadSinceMs !== undefined)
    await tx`update providers.paper set dead_since = ${change.deadSinceMs}::timestamptz where id = ${id} and dead_since is null`
  if (change.endedMs !== undefined)
    await tx`update providers.paper set ended_at = ${change.endedMs}::timestamptz where id = ${id} and ended_at is null`
}
