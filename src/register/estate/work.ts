/** Upload, look, confirm: the three steps of taking an estate over. Each gives a value or says in words why not. */
import { createHash } from 'node:crypto'
import { newId } from '#base/base.ts'
import { inTransaction, type Query } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { decide, rolesFor } from '#policy/policy.ts'
import type { Person } from '#web/web.ts'
import type { RegisterDeps } from '../pages/parts.ts'
import { type Reach, reaches, reachOf } from '../reach.ts'
import { type Checked, checkRows } from './check-rows.ts'
import type { Exported } from './export.ts'
import { type EstateFile, readEstateFile } from './read-file.ts'
import {
  type Counts,
  findUpload,
  forgetUpload,
  insertUpload,
  lockUpload,
  markConfirmed,
  readEstate,
  type Upload,
} from './store.ts'
import { CannotWrite, writeEstate } from './write-estate.ts'

/** A file with what it would do now; `checked` is null when the file is forgotten or taken over. */
export type Looked = {
  readonly upload: Upload
  readonly file: EstateFile | null
  readonly checked: Checked | null
}

/** The file lies sealed under its own id, in the box that seals cameras' passwords. */
const sealedUnder = 'estate file'

export async function uploadEstate(
  deps: RegisterDeps,
  person: Person,
  provider: string,
  bytes: Buffer,
  nowMs: number,
): Promise<Looked> {
  const file = readEstateFile(bytes)
  const checked = await checkFile(deps, deps.sql, person, provider, file)
  const id = newId(nowMs)
  const whole = {
    id,
    provider,
    by: person.id,
    nowMs,
    sha256: createHash('sha256').update(bytes).digest(),
    format: file.format,
    sealed: deps.box.seal(id, { username: sealedUnder, password: bytes.toString('base64') }),
    rows: file.rows.length,
    problems: checked.problems.length,
  }
  await inTransaction(deps.sql, (tx) => insertUpload(tx, whole))
  return { upload: (await findUpload(deps.sql, id))!, file, checked }
}

/** The person's own upload, checked against the register as it is now. Null: not there, or somebody else's. */
export async function lookAtUpload(deps: RegisterDeps, person: Person, id: string): Promise<Looked | null> {
  const upload = await findUpload(deps.sql, id)
  if (upload === null || upload.uploadedBy !== person.id) return null
  return check(deps, deps.sql, person, upload)
}

async function check(deps: RegisterDeps, sql: Query, person: Person, upload: Upload): Promise<Looked> {
  if (upload.sealed === null) return { upload, file: null, checked: null }
  const { password } = deps.box.open(upload.id, upload.sealed)
  const file = readEstateFile(Buffer.from(password, 'base64'))
  return { upload, file, checked: await checkFile(deps, sql, person, upload.provider, file) }
}

async function checkFile(
  deps: RegisterDeps,
  sql: Query,
  person: Person,
  provider: string,
  file: EstateFile,
): Promise<Checked> {
  const reach = reachOf(person, 'register.edit', deps.packs)
  const pack = deps.packs.packOf(provider)
  // Asked for by anybody who may: what matters here is the camera, and who takes the list over is asked elsewhere.
  const principal = { id: person.id, roles: rolesFor(pack, 'deployment.propose'), administrator: false }
  return checkRows(file, {
    ...(await readEstate(sql, provider, reach, deps.box)),
    recorders: await deps.recordersFor(provider),
    staff: await deps.staffOf(provider),
    values: pack.values,
    reaches: (area) => reaches(reach, provider, area),
    against: ({ placement, purposes, basis, reason }) =>
      decide(pack, {
        principal,
        action: 'deployment.propose',
        resource: { type: 'Provider', id: provider },
        context: { deploymentType: placement, purposes, lawfulBasis: basis, reason, technologies: [] },
      }).reasons,
  })
}

export type Confirmed =
  | { readonly ok: true; readonly counts: Counts }
  | { readonly ok: false; readonly message: string }

/** Takes the file over: checked again under a lock, then all of it or nothing. */
export async function confirmUpload(
  deps: RegisterDeps,
  person: Person,
  id: string,
  nowMs: number,
): Promise<Confirmed | null> {
  try {
    return await inTransaction(deps.sql, async (tx) => {
      const upload = await lockUpload(tx, id)
      if (upload === null || upload.uploadedBy !== person.id) return null
      if (upload.counts !== null) return { ok: true, counts: upload.counts }
      const { checked } = await check(deps, tx, person, upload)
      if (checked === null)
        return { ok: false, message: 'This file is forgotten: uploads wait for a day. Upload it again.' }
      if (checked.problems.length > 0)
        return {
          ok: false,
          message: 'Nothing was taken over: put right what is listed here and upload it again.',
        }
      const counts = await writeEstate(tx, checked, {
        provider: upload.provider,
        importId: id,
        timeZone: deps.packs.packOf(upload.provider).values.provider.timeZone,
        by: person.id,
        nowMs,
        box: deps.box,
        takeOver: deps.takeOver,
      })
      await markConfirmed(tx, id, counts, nowMs)
      await append(tx, {
        kind: 'estate.imported',
        actor: person.id,
        provider: upload.provider,
        about: { import: id },
        data: counts,
        atMs: nowMs,
      })
      return { ok: true, counts }
    })
  } catch (error) {
    if (error instanceof CannotWrite)
      return { ok: false, message: `Nothing was taken over. Row ${error.line}: ${error.why}` }
    throw error
  }
}

/** False: not there, or somebody else's. */
export async function discardUpload(deps: RegisterDeps, person: Person, id: string): Promise<boolean> {
  const upload = await findUpload(deps.sql, id)
  if (upload === null || upload.uploadedBy !== person.id) return false
  await forgetUpload(deps.sql, id)
  return true
}

/** What goes out for this person, with an entry in the ledger before the first byte leaves. */
export async function takeOut(
  deps: RegisterDeps,
  person: Person,
  provider: string,
  reach: Reach,
  nowMs: number,
): Promise<Exported> {
  const estate = await readEstate(deps.sql, provider, reach, null)
  const recorders = new Map((await deps.recordersFor(provider)).map((r) => [r.id, r.name]))
  const people = await deps.named(estate.systems.flatMap((s) => (s.managerId === null ? [] : [s.managerId])))
  const terms = await deps.takenOverAs(
    person,
    estate.cameras.flatMap((c) => (c.running === true ? [c.id] : [])),
  )
  await inTransaction(deps.sql, (tx) =>
    append(tx, {
      kind: 'estate.exported',
      actor: person.id,
      provider,
      about: {},
      data: { sites: estate.sites.length, cameras: estate.cameras.length },
      atMs: nowMs,
    }),
  )
  return {
    ...estate,
    recorderName: (id) => recorders.get(id) ?? '',
    personName: (id) => people.get(id)?.name ?? '',
    takenOverAs: (id) => terms.get(id) ?? null,
  }
}
