/** SQL of what people need to read or hear from us. */
import type { Query, Tx } from '#engine/engine.ts'

export const adjustmentFormats = [
  'large-print',
  'easy-read',
  'plain-text',
  'braille',
  'audio',
  'coloured-paper',
  'sign-language',
] as const
export type AdjustmentFormat = (typeof adjustmentFormats)[number]

export const contactWays = ['letter', 'email', 'telephone', 'text-message', 'visit', 'somebody-else'] as const
export type ContactWay = (typeof contactWays)[number]

export type Adjustment = {
  readonly id: string
  readonly provider: string
  readonly area: string | null
  /** The landlord's number for the person; null once erased, as is every word about them. */
  readonly reference: string | null
  readonly name: string | null
  readonly formats: readonly AdjustmentFormat[]
  /** Null: English. */
  readonly language: string | null
  readonly contactWay: ContactWay
  readonly contact: string | null
  readonly note: string | null
  /** Where they live, a place of the register; null: nobody said. */
  readonly homeSite: string | null
  readonly by: string | null
  readonly atMs: number
  readonly changedMs: number
  readonly endedMs: number | null
}

const columns = (sql: Query) => sql`
  id, provider, area, reference, name, formats, language, contact_way as "contactWay", contact, note, home_site as "homeSite",
  by_person as by, at as "atMs", changed_at as "changedMs", ended_at as "endedMs"`

export type AdjustmentReach = readonly {
  readonly provider: string
  /** Empty: everywhere. */
  readonly areas: readonly string[]
  /** Places within it at which somebody lives whose needs are kept. */
  readonly homes?: readonly string[]
}[]

const within = (sql: Query, reach: AdjustmentReach) => sql`exists (
  select 1 from jsonb_to_recordset(${sql.json(reach as never)}) as r (provider text, areas jsonb, homes jsonb)
  where r.provider = adjustment.provider
    and (jsonb_array_length(r.areas) = 0 or (adjustment.area is not null and r.areas ? adjustment.area)
      or (adjustment.home_site is not null and r.homes ? adjustment.home_site::text)))`

/** Places of the register at which somebody lives whose needs are kept: few, beside all places. */
export async function homesOf(sql: Query, provider: string): Promise<readonly string[]> {
  const rows = await sql<{ home: string }[]>`
    select distinct home_site as home from providers.adjustment
    where provider = ${provider} and home_site is not null and ended_at is null`
  return rows.map(({ home }) => home)
}

export const adjustmentsMax = 100

/** In force and within reach, newest first; `text` looks in reference and name. */
export async function listAdjustments(
  sql: Query,
  reach: AdjustmentReach,
  text: string,
): Promise<Adjustment[]> {
  const like = `%${text.replace(/[%_\\]/g, '\\$&')}%`
  return await sql<Adjustment[]>`
    select ${columns(sql)} from providers.adjustment
    where ended_at is null and ${within(sql, reach)}
      ${text === '' ? sql`` : sql`and (reference ilike ${like} or name ilike ${like})`}
    order by changed_at desc limit ${adjustmentsMax}`
}

export async function findAdjustment(
  sql: Query,
  reach: AdjustmentReach,
  id: string,
): Promise<Adjustment | null> {
  const [row] = await sql<Adjustment[]>`
    select ${columns(sql)} from providers.adjustment where id = ${id} and ${within(sql, reach)}`
  return row ?? null
}

/** For whoever writes to the person: by the landlord's own number, whatever its letters' case. */
export async function adjustmentByReference(
  sql: Query,
  provider: string,
  reference: string,
): Promise<Adjustment | null> {
  const [row] = await sql<Adjustment[]>`
    select ${columns(sql)} from providers.adjustment
    where provider = ${provider} and lower(reference) = lower(${reference}) and ended_at is null`
  return row ?? null
}

/** The same for many at once, by number in small letters. */
export async function adjustmentsByReference(
  sql: Query,
  provider: string,
  references: readonly string[],
): Promise<ReadonlyMap<string, Adjustment>> {
  const wanted = references.map((reference) => reference.toLowerCase())
  const rows = await sql<Adjustment[]>`
    select ${columns(sql)} from providers.adjustment
    where provider = ${provider} and lower(reference) = any (${wanted}::text[]) and ended_at is null`
  return new Map(rows.map((row) => [row.reference!.toLowerCase(), row]))
}

/** Those in force of people who live at a place of the register. */
export async function adjustmentsAtHome(sql: Query, provider: string, siteId: string): Promise<Adjustment[]> {
  return await sql<Adjustment[]>`
    select ${columns(sql)} from providers.adjustment
    where provider = ${provider} and home_site = ${siteId} and ended_at is null
    order by reference limit ${adjustmentsMax}`
}

/** False where the person has one in force already. */
export async function insertAdjustment(tx: Tx, row: Omit<Adjustment, 'endedMs'>): Promise<boolean> {
  const made = await tx`
    insert into providers.adjustment (id, provider, area, reference, name, formats, language, contact_way, contact,
      note, home_site, by_person, at, changed_at)
    values (${row.id}, ${row.provider}, ${row.area}, ${row.reference}, ${row.name}, ${row.formats as string[]},
      ${row.language}, ${row.contactWay}, ${row.contact}, ${row.note}, ${row.homeSite}, ${row.by}, ${row.atMs}::timestamptz,
      ${row.changedMs}::timestamptz)
    on conflict (provider, lower(reference)) where ended_at is null do nothing`
  return made.count > 0
}

/** False where somebody changed or ended it since `seenMs`. */
export async function updateAdjustment(tx: Tx, row: Adjustment, seenMs: number): Promise<boolean> {
  const done = await tx`
    update providers.adjustment set formats = ${row.formats as string[]}, language = ${row.language},
      contact_way = ${row.contactWay}, contact = ${row.contact}, note = ${row.note}, name = ${row.name},
      home_site = ${row.homeSite},
      changed_at = ${row.changedMs}::timestamptz
    where id = ${row.id} and ended_at is null and changed_at = ${seenMs}::timestamptz`
  return done.count > 0
}

export async function eraseAdjustment(tx: Tx, id: string, atMs: number): Promise<boolean> {
  const done = await tx`
    update providers.adjustment set reference = null, name = null, contact = null, note = null, formats = '{}',
      language = null, home_site = null, ended_at = greatest(at, ${atMs}::timestamptz), erased_at = ${atMs}::timestamptz
    where id = ${id} and erased_at is null`
  return done.count > 0
}
