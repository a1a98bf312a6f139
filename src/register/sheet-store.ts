/** All SQL about what signs say: sheets, their versions, photos of them, whom to ask, and what is guarded. */
import { isId, newId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import { like, listMax } from './listing.ts'
import { type Reach, withinReach } from './reach.ts'
import { newSignCode } from './sign-sheet/sign-code.ts'
import { changeOf, mustBeTold, type SignContact, type SignSays, sameWords } from './sign-sheet/sign-says.ts'
import type { SignPlace, SignProof, SignTrouble } from './sign-store.ts'

export type SignSheet = {
  readonly id: string
  readonly provider: string
  readonly systemId: string
  readonly cameraId: string
  readonly place: SignPlace
  /** Its public name; whoever knows it can open its page. */
  readonly code: string
  readonly unlisted: boolean
  /** The present version of its words. */
  readonly version: number
  readonly says: SignSays
  /** When the present words began. */
  readonly sinceMs: number
  /** The oldest version that may hang on: what came with it people must be told without delay; and since when. */
  readonly mustVersion: number
  readonly mustSinceMs: number
  readonly retiredMs: number | null
}

// ---- whom to ask ----

export type KeptContact = SignContact & { readonly version: number }

export async function findContact(sql: Query, provider: string): Promise<KeptContact | null> {
  const [row] = await sql<KeptContact[]>`
    select name, phone, email, web, post, version from register.sign_contact where provider = ${provider}`
  return row ?? null
}

/** False when somebody changed it since `version` was read (0: there was none); nothing is written then. */
export async function setContact(
  tx: Tx,
  provider: string,
  contact: KeptContact,
  by: string | null,
  nowMs: number,
): Promise<boolean> {
  const { name, phone, email, web, post, version } = contact
  const rows =
    version === 0
      ? await tx`
          insert into register.sign_contact (provider, name, phone, email, web, post, set_at, set_by)
          values (${provider}, ${name}, ${phone}, ${email}, ${web}, ${post}, ${nowMs}, ${by})
          on conflict do nothing`
      : await tx`
          update register.sign_contact
          set name = ${name}, phone = ${phone}, email = ${email}, web = ${web}, post = ${post},
              version = version + 1, set_at = ${nowMs}, set_by = ${by}
          where provider = ${provider} and version = ${version}`
  return rows.count === 1
}

// ---- sheets and what they say ----

export async function insertSheet(
  tx: Tx,
  sheet: Pick<SignSheet, 'provider' | 'systemId' | 'cameraId' | 'place' | 'unlisted' | 'says'>,
  nowMs: number,
): Promise<string> {
  const id = newId(nowMs)
  await tx`
    insert into register.sign_sheet (id, provider, system_id, camera_id, place, code, unlisted, version, must_since, made_at)
    values (${id}, ${sheet.provider}, ${sheet.systemId}, ${sheet.cameraId}, ${sheet.place}, ${newSignCode()},
            ${sheet.unlisted}, 1, ${nowMs}, ${nowMs})`
  await tx`
    insert into register.sign_version (sheet_id, version, says, since)
    values (${id}, 1, ${tx.json(sheet.says)}, ${nowMs})`
  return id
}

/**
 * Brings a sheet's words in line with the facts; the same words change nothing.
 * @returns what differs ("whom to ask"), when there is a new version; else null
 */
export async function wordSheet(
  tx: Tx,
  sheet: SignSheet,
  says: SignSays,
  nowMs: number,
): Promise<string | null> {
  if (sameWords(sheet.says, says)) return null
  const change = changeOf(sheet.says, says)
  const must = mustBeTold(sheet.says, says)
  const rows = await tx`
    update register.sign_sheet
    set version = version + 1,
        must_version = case when ${must} then version + 1 else must_version end,
        must_since = case when ${must} then ${nowMs}::timestamptz else must_since end
    where id = ${sheet.id} and version = ${sheet.version}`
  if (rows.count !== 1) return null
  await tx`
    insert into register.sign_version (sheet_id, version, says, change, since)
    values (${sheet.id}, ${sheet.version + 1}, ${tx.json(says)}, ${change}, ${nowMs})`
  return change
}

export async function setUnlisted(tx: Tx, sheetId: string, unlisted: boolean): Promise<void> {
  await tx`update register.sign_sheet set unlisted = ${unlisted} where id = ${sheetId}`
}

/** The camera has been taken down: its signs belong nowhere any more. */
export async function retireSheets(tx: Tx, cameraId: string, nowMs: number): Promise<void> {
  await tx`
    update register.sign_sheet set retired_at = ${nowMs} where camera_id = ${cameraId} and retired_at is null`
  await tx`update register.sign set removed_at = ${nowMs} where camera_id = ${cameraId} and removed_at is null`
}

const columns = (sql: Query) => sql`
  s.id, s.provider, s.system_id, s.camera_id, s.place, s.code, s.unlisted, s.version, s.must_version, s.must_since, s.retired_at, v.says, v.since`
const tables = (sql: Query) => sql`
  register.sign_sheet s join register.sign_version v on v.sheet_id = s.id and v.version = s.version`

/** Sheets that belong to cameras, by camera, in the order in which they were made. */
export async function sheetsOf(
  sql: Query,
  cameraIds: readonly string[],
): Promise<(cameraId: string) => readonly SignSheet[]> {
  const rows = await sql<SheetRow[]>`
    select ${columns(sql)} from ${tables(sql)}
    where s.camera_id = any (${cameraIds as string[]}::uuid[]) and s.retired_at is null
    order by s.made_at, s.id`
  const groups = Map.groupBy(rows.map(toSheet), (sheet) => sheet.cameraId)
  return (cameraId) => groups.get(cameraId) ?? []
}

export async function findSheet(sql: Query, id: string): Promise<SignSheet | null> {
  if (!isId(id)) return null
  const [row] = await sql<SheetRow[]>`select ${columns(sql)} from ${tables(sql)} where s.id = ${id}`
  return row ? toSheet(row) : null
}

/** By the code in its QR; retired ones too, since what hangs may outlive its camera. */
export async function sheetByCode(sql: Query, code: string): Promise<SignSheet | null> {
  const [row] = await sql<SheetRow[]>`select ${columns(sql)} from ${tables(sql)} where s.code = ${code}`
  return row ? toSheet(row) : null
}

export type SignVersion = {
  readonly version: number
  readonly says: SignSays
  readonly change: string
  readonly sinceMs: number
}

/** Newest first. */
export async function versionsOf(sql: Query, sheetId: string): Promise<readonly SignVersion[]> {
  const rows = await sql<{ version: number; says: SignSays; change: string; since: number }[]>`
    select version, says, change, since from register.sign_version where sheet_id = ${sheetId}
    order by version desc limit ${listMax}`
  return rows.map(({ since, ...row }) => ({ ...row, sinceMs: since }))
}

/** A line of the sign register: a sheet, where it belongs, and what hangs of it. */
export type SignLine = {
  readonly sheet: SignSheet
  readonly cameraLabel: string
  readonly siteName: string
  readonly area: string | null
  readonly timeZone: string
  /** Null: it doesn't hang yet. */
  readonly hanging: {
    readonly id: string
    readonly version: number
    readonly proof: SignProof | null
    readonly note: string
    readonly photoId: string
    readonly placedMs: number
    readonly seenMs: number | null
    readonly missingMs: number | null
    readonly trouble: SignTrouble | null
  } | null
}

/** Signs in reach, by place; `sheetId` narrows to one. */
export async function listSigns(
  sql: Query,
  reach: Reach,
  narrow: { readonly text?: string; readonly sheetId?: string } = {},
): Promise<readonly SignLine[]> {
  const text = narrow.text ?? ''
  const rows = await sql<LineRow[]>`
    select ${columns(sql)}, c.label as camera_label, t.name as site_name, t.area, t.time_zone, h.*
    from ${tables(sql)}
    join register.camera c on c.id = s.camera_id
    join register.system y on y.id = s.system_id
    join register.site t on t.id = y.site_id
    left join lateral (
      select g.id as sign_id, g.version as hung_version, g.proof, g.note, g.photo_id, g.placed_at, g.seen_at,
             g.missing_at, g.trouble
      from register.sign g where g.sheet_id = s.id and g.removed_at is null order by g.placed_at desc limit 1
    ) h on true
    where s.retired_at is null and ${withinReach(sql, reach, 's.provider', 't.area', 't.id')}
      and ${narrow.sheetId === undefined ? sql`true` : sql`s.id = ${narrow.sheetId}`}
      and (${text} = '' or t.name ilike ${like(text)} or c.label ilike ${like(text)}
           or t.area ilike ${like(text)} or s.code ilike ${`${text.replace(/[%_\\]/g, '')}%`})
    order by t.name, c.label, s.made_at, s.id limit ${listMax}`
  return rows.map(toLine)
}

/** Kinds of equipment that a landlord has, and whether any of it records sound; never places or numbers. */
export async function whatFilms(
  sql: Query,
  provider: string,
): Promise<{ readonly kinds: readonly string[]; readonly sound: boolean }> {
  const devices = await sql<{ kind: string; sound: boolean }[]>`
    select kind, bool_or(has_audio) as sound from register.device
    where provider = ${provider} and status <> 'retired' group by kind`
  const [signs] = await sql<{ sound: boolean | null }[]>`
    select bool_or((v.says ->> 'audio')::boolean) as sound
    from register.sign_sheet s join register.sign_version v on v.sheet_id = s.id and v.version = s.version
    where s.provider = ${provider} and s.retired_at is null`
  return {
    kinds: devices.map((d) => d.kind),
    sound: devices.some((d) => d.sound) || signs?.sound === true,
  }
}

// ---- marked for safety ----

export async function isGuarded(sql: Query, systemId: string): Promise<boolean> {
  const rows = await sql`select 1 from register.guarded_system where system_id = ${systemId}`
  return rows.length > 0
}

/** Guarding takes a reason; ending it takes it away. False: it is so already. */
export async function setGuarded(
  tx: Tx,
  systemId: string,
  guard: { readonly reason: string; readonly by: string; readonly nowMs: number } | null,
): Promise<boolean> {
  // At once for every camera of the system; when the mark goes, each is listed again as its own facts allow.
  if (guard !== null) await tx`update register.sign_sheet set unlisted = true where system_id = ${systemId}`
  const rows =
    guard === null
      ? await tx`delete from register.guarded_system where system_id = ${systemId}`
      : await tx`
          insert into register.guarded_system (system_id, reason, guarded_at, guarded_by)
          values (${systemId}, ${guard.reason}, ${guard.nowMs}, ${guard.by}) on conflict do nothing`
  return rows.count === 1
}

// ---- rows ----

type SheetRow = {
  id: string
  provider: string
  system_id: string
  camera_id: string
  place: SignPlace
  code: string
  unlisted: boolean
  version: number
  must_version: number
  must_since: number
  retired_at: number | null
  says: SignSays
  since: number
}

const toSheet = (row: SheetRow): SignSheet => ({
  id: row.id,
  provider: row.provider,
  systemId: row.system_id,
  cameraId: row.camera_id,
  place: row.place,
  code: row.code,
  unlisted: row.unlisted,
  version: row.version,
  says: row.says,
  sinceMs: row.since,
  mustVersion: row.must_version,
  mustSinceMs: row.must_since,
  retiredMs: row.retired_at,
})

type LineRow = SheetRow & {
  camera_label: string
  site_name: string
  area: string | null
  time_zone: string
  sign_id: string | null
  hung_version: number
  proof: SignProof | null
  note: string
  photo_id: string
  placed_at: number
  seen_at: number | null
  missing_at: number | null
  trouble: SignTrouble | null
}

const toLine = (row: LineRow): SignLine => ({
  sheet: toSheet(row),
  cameraLabel: row.camera_label,
  siteName: row.site_name,
  area: row.area,
  timeZone: row.time_zone,
  hanging:
    row.sign_id === null
      ? null
      : {
          id: row.sign_id,
          version: row.hung_version,
          proof: row.proof,
          note: row.note,
          photoId: row.photo_id,
          placedMs: row.placed_at,
          seenMs: row.seen_at,
          missingMs: row.missing_at,
          trouble: row.trouble,
        },
})
