/** All SQL of this room. */
import { isId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import { type Reach, withinReach } from '#register/register.ts'

export type Exhibit = {
  readonly id: string
  readonly provider: string
  readonly area: string | null
  /** Where its camera belongs now. */
  readonly siteId: string | null
  readonly patchId: string | null
  readonly reference: string
  readonly cameraId: string
  readonly deploymentType: string
  readonly fromMs: number
  readonly toMs: number
  readonly purpose: string
  readonly description: string
  readonly caseId: string | null
  readonly caseReference: string | null
  readonly holdId: string
  readonly holdEndsMs: number
  readonly madeMs: number
  readonly madeBy: string
  readonly derivedFrom: string | null
}

export type DisclosureState = 'making' | 'ready' | 'failed' | 'removed'

export type Disclosure = {
  readonly id: string
  readonly exhibitId: string
  readonly reference: string
  readonly provider: string
  readonly area: string | null
  readonly recipientKind: string
  readonly recipientName: string
  readonly basis: string
  readonly necessity: string
  readonly policy: string
  readonly madeMs: number
  readonly madeBy: string
  readonly state: DisclosureState
  readonly words: string | null
  readonly statementSha256: string | null
  readonly zipSha256: string | null
  readonly zipBytes: number | null
  readonly expiresMs: number | null
  readonly seenMs: number | null
}

export const listMax = 200

/** The person's initials at this landlord, and who has the given ones; either may be nobody. */
export async function initialsOf(sql: Query, provider: string, personId: string): Promise<string | null> {
  const [row] = await sql<{ initials: string }[]>`
    select initials from evidence.initials where provider = ${provider} and person_id = ${personId}`
  return row?.initials ?? null
}

/** Takes initials for good; false when somebody else at this landlord has them. */
export async function takeInitials(
  tx: Tx,
  provider: string,
  personId: string,
  initials: string,
): Promise<boolean> {
  await tx`
    insert into evidence.initials (provider, person_id, initials) values (${provider}, ${personId}, ${initials})
    on conflict do nothing`
  return (await initialsOf(tx, provider, personId)) !== null
}

/** The next reference of a person, `PN/3`; a number is used once even if two are made at the same time. */
export async function nextReference(tx: Tx, provider: string, personId: string): Promise<string> {
  const [row] = await tx<{ initials: string; last: number }[]>`
    update evidence.initials set last = last + 1
    where provider = ${provider} and person_id = ${personId} returning initials, last`
  return `${row!.initials}/${row!.last}`
}

export async function insertExhibit(tx: Tx, exhibit: Exhibit, ledgerEntry: string): Promise<void> {
  await tx`
    insert into evidence.exhibit (id, provider, area, reference, camera_id, deployment_type, from_at, to_at, purpose,
      description, case_id, case_reference, hold_id, hold_ends_at, made_at, made_by, derived_from, ledger_entry)
    values (${exhibit.id}, ${exhibit.provider}, ${exhibit.area}, ${exhibit.reference}, ${exhibit.cameraId},
      ${exhibit.deploymentType}, ${exhibit.fromMs}::timestamptz, ${exhibit.toMs}::timestamptz, ${exhibit.purpose},
      ${exhibit.description}, ${exhibit.caseId}, ${exhibit.caseReference}, ${exhibit.holdId},
      ${exhibit.holdEndsMs}::timestamptz, ${exhibit.madeMs}::timestamptz, ${exhibit.madeBy}, ${exhibit.derivedFrom},
      ${ledgerEntry})`
}

/** Exhibits with the place of their camera: a reach may name a patch or a site as well as an area. */
const placed = (sql: Query) => sql`evidence.exhibit e
    left join register.camera c on c.id = e.camera_id
    left join register.system s on s.id = c.system_id
    left join register.site t on t.id = s.site_id`
const within = (sql: Query, reach: Reach | null) =>
  reach === null ? sql`true` : withinReach(sql, reach, 'e.provider', 'e.area', 't.id')

export async function findExhibit(sql: Query, id: string, reach: Reach | null): Promise<Exhibit | null> {
  if (!isId(id)) return null
  const [row] = await sql<ExhibitRow[]>`
    select e.*, t.id as site_id, t.patch_id from ${placed(sql)} where e.id = ${id} and ${within(sql, reach)}`
  return row ? toExhibit(row) : null
}

/** Newest first; `text` looks in references and words. */
export async function listExhibits(sql: Query, reach: Reach, text = ''): Promise<readonly Exhibit[]> {
  const like = `%${text.replace(/[%_\\]/g, '\\$&')}%`
  const rows = await sql<ExhibitRow[]>`
    select e.*, t.id as site_id, t.patch_id from ${placed(sql)}
    where ${within(sql, reach)}
      and (${text} = '' or e.reference ilike ${like} or e.case_reference ilike ${like} or e.description ilike ${like})
    order by e.made_at desc, e.id desc limit ${listMax}`
  return rows.map(toExhibit)
}

export async function exhibitsOfCase(sql: Query, caseId: string, reach: Reach): Promise<readonly Exhibit[]> {
  const rows = await sql<ExhibitRow[]>`
    select e.*, t.id as site_id, t.patch_id from ${placed(sql)}
    where e.case_id = ${caseId} and ${within(sql, reach)}
    order by e.made_at limit ${listMax}`
  return rows.map(toExhibit)
}

export type Look = {
  readonly id: string
  readonly exhibitId: string
  readonly personId: string
  readonly openedMs: number
  readonly expiresMs: number
}

export async function insertLook(tx: Tx, look: Look, ledgerEntry: string): Promise<void> {
  await tx`
    insert into evidence.look (id, exhibit_id, person_id, opened_at, expires_at, ledger_entry)
    values (${look.id}, ${look.exhibitId}, ${look.personId}, ${look.openedMs}::timestamptz,
      ${look.expiresMs}::timestamptz, ${ledgerEntry})`
}

/** A look of this person at this exhibit that has not ended. */
export async function findLook(
  sql: Query,
  look: {
    readonly id: string
    readonly exhibitId: string
    readonly personId: string
    readonly nowMs: number
  },
): Promise<Look | null> {
  const [row] = await sql<
    { id: string; exhibit_id: string; person_id: string; opened_at: number; expires_at: number }[]
  >`
    select id, exhibit_id, person_id, opened_at, expires_at from evidence.look
    where id = ${look.id} and exhibit_id = ${look.exhibitId} and person_id = ${look.personId}
      and expires_at > ${look.nowMs}::timestamptz`
  return row
    ? {
        id: row.id,
        exhibitId: row.exhibit_id,
        personId: row.person_id,
        openedMs: row.opened_at,
        expiresMs: row.expires_at,
      }
    : null
}

export type NewDisclosure = Pick<
  Disclosure,
  | 'id'
  | 'exhibitId'
  | 'provider'
  | 'recipientKind'
  | 'recipientName'
  | 'basis'
  | 'necessity'
  | 'policy'
  | 'madeMs'
  | 'madeBy'
>

export async function insertDisclosure(tx: Tx, made: NewDisclosure, ledgerEntry: string): Promise<void> {
  await tx`
    insert into evidence.disclosure (id, exhibit_id, provider, recipient_kind, recipient_name, basis, necessity, policy,
      made_at, made_by, state, ledger_entry)
    values (${made.id}, ${made.exhibitId}, ${made.provider}, ${made.recipientKind}, ${made.recipientName},
      ${made.basis}, ${made.necessity}, ${made.policy}, ${made.madeMs}::timestamptz, ${made.madeBy}, 'making',
      ${ledgerEntry})`
}

export async function findDisclosure(
  sql: Query,
  id: string,
  reach: Reach | null,
): Promise<Disclosure | null> {
  const [row] = await sql<DisclosureRow[]>`
    select d.*, e.reference, e.area from ${placed(sql)} join evidence.disclosure d on e.id = d.exhibit_id
    where d.id = ${id} and ${within(sql, reach)}`
  return row ? toDisclosure(row) : null
}

export async function listDisclosures(
  sql: Query,
  reach: Reach,
  exhibitId: string | null = null,
): Promise<readonly Disclosure[]> {
  const rows = await sql<DisclosureRow[]>`
    select d.*, e.reference, e.area from ${placed(sql)} join evidence.disclosure d on e.id = d.exhibit_id
    where ${within(sql, reach)}
      and (${exhibitId}::uuid is null or d.exhibit_id = ${exhibitId})
    order by d.made_at desc, d.id desc limit ${listMax}`
  return rows.map(toDisclosure)
}

export async function tellDisclosure(
  sql: Query,
  id: string,
  state: 'making' | 'failed',
  words: string | null,
): Promise<void> {
  await sql`
    update evidence.disclosure
    set state = ${state}, words = ${words}, statement_sha256 = null, zip_sha256 = null, zip_bytes = null, expires_at = null
    where id = ${id}`
}

export async function finishDisclosure(
  tx: Tx,
  id: string,
  made: {
    readonly statementSha256: string
    readonly zipSha256: string
    readonly zipBytes: number
    readonly expiresMs: number
  },
): Promise<boolean> {
  const rows = await tx`
    update evidence.disclosure
    set state = 'ready', words = null, statement_sha256 = ${Buffer.from(made.statementSha256, 'hex')},
      zip_sha256 = ${Buffer.from(made.zipSha256, 'hex')}, zip_bytes = ${made.zipBytes},
      expires_at = ${made.expiresMs}::timestamptz
    where id = ${id} and state = 'making'`
  return rows.count === 1
}

/** Packs whose file's time is over. */
export async function expiredPacks(sql: Query, nowMs: number): Promise<readonly string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from evidence.disclosure where state = 'ready' and expires_at <= ${nowMs}::timestamptz limit 500`
  return rows.map(({ id }) => id)
}

export async function markRemoved(sql: Query, id: string): Promise<void> {
  await sql`update evidence.disclosure set state = 'removed' where id = ${id} and state = 'ready'`
}

/** Hand-overs whose pack was being made when the program ended. */
export async function unfinishedPacks(sql: Query): Promise<readonly string[]> {
  const rows = await sql<
    { id: string }[]
  >`select id from evidence.disclosure where state = 'making' limit 500`
  return rows.map(({ id }) => id)
}

export async function markSeen(tx: Tx, id: string, by: string, nowMs: number): Promise<boolean> {
  const rows = await tx`
    update evidence.disclosure set seen_at = ${nowMs}::timestamptz, seen_by = ${by} where id = ${id} and seen_at is null`
  return rows.count === 1
}

type ExhibitRow = {
  id: string
  provider: string
  area: string | null
  site_id: string | null
  patch_id: string | null
  reference: string
  camera_id: string
  deployment_type: string
  from_at: number
  to_at: number
  purpose: string
  description: string
  case_id: string | null
  case_reference: string | null
  hold_id: string
  hold_ends_at: number
  made_at: number
  made_by: string
  derived_from: string | null
}

const toExhibit = (row: ExhibitRow): Exhibit => ({
  id: row.id,
  provider: row.provider,
  area: row.area,
  siteId: row.site_id,
  patchId: row.patch_id,
  reference: row.reference,
  cameraId: row.camera_id,
  deploymentType: row.deployment_type,
  fromMs: row.from_at,
  toMs: row.to_at,
  purpose: row.purpose,
  description: row.description,
  caseId: row.case_id,
  caseReference: row.case_reference,
  holdId: row.hold_id,
  holdEndsMs: row.hold_ends_at,
  madeMs: row.made_at,
  madeBy: row.made_by,
  derivedFrom: row.derived_from,
})

type DisclosureRow = {
  id: string
  exhibit_id: string
  reference: string
  provider: string
  area: string | null
  recipient_kind: string
  recipient_name: string
  basis: string
  necessity: string
  policy: string
  made_at: number
  made_by: string
  state: DisclosureState
  words: string | null
  statement_sha256: Buffer | null
  zip_sha256: Buffer | null
  zip_bytes: number | null
  expires_at: number | null
  seen_at: number | null
}

const toDisclosure = (row: DisclosureRow): Disclosure => ({
  id: row.id,
  exhibitId: row.exhibit_id,
  reference: row.reference,
  provider: row.provider,
  area: row.area,
  recipientKind: row.recipient_kind,
  recipientName: row.recipient_name,
  basis: row.basis,
  necessity: row.necessity,
  policy: row.policy,
  madeMs: row.made_at,
  madeBy: row.made_by,
  state: row.state,
  words: row.words,
  statementSha256: row.statement_sha256?.toString('hex') ?? null,
  zipSha256: row.zip_sha256?.toString('hex') ?? null,
  zipBytes: row.zip_bytes,
  expiresMs: row.expires_at,
  seenMs: row.seen_at,
})
