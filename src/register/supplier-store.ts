/** All SQL about suppliers: their contract, what they showed, how they were looked into. Visits: `visit-store.ts`. */
import { createHash } from 'node:crypto'
import { isId, newId } from '#base/base.ts'
import type { Query, Tx } from '#engine/engine.ts'
import type { Document } from './documents.ts'
import { listMax } from './listing.ts'

export const supplierWork = [
  'supply',
  'fitting',
  'mending',
  'running',
  'removal',
  'watching',
  'keeping',
] as const
export type SupplierWork = (typeof supplierWork)[number]
export const supplierWorkLabels: Readonly<Record<SupplierWork, string>> = {
  supply: 'Supplies equipment',
  fitting: 'Puts it in',
  mending: 'Mends and maintains it',
  running: 'Runs it for us',
  removal: 'Takes it down',
  watching: 'Watches pictures for us',
  keeping: 'Keeps footage for us',
}

export type Supplier = {
  readonly id: string
  readonly provider: string
  readonly name: string
  readonly does: readonly SupplierWork[]
  /** Handles personal data for the landlord (UK GDPR Art 4(8)). */
  readonly processor: boolean
  readonly contractReference: string
  /** Null: no contract is on record. */
  readonly contractFrom: string | null
  /** Last day; null: no end was agreed. */
  readonly contractUntil: string | null
  readonly note: string
  readonly endedMs: number | null
  readonly version: number
}

export type Contact = {
  readonly id: string
  readonly name: string
  readonly job: string
  readonly phone: string
  readonly email: string
}

export type Proof = {
  readonly id: string
  readonly supplierId: string
  readonly code: string
  readonly reference: string
  /** Last day on which it counts; null: it doesn't run out. */
  readonly validUntil: string | null
  readonly fileName: string | null
  readonly seenMs: number
  readonly seenBy: string
}

export const auditOutcomes = ['passed', 'points', 'failed'] as const
export type AuditOutcome = (typeof auditOutcomes)[number]
export const auditOutcomeLabels: Readonly<Record<AuditOutcome, string>> = {
  passed: 'All well',
  points: 'Some points to put right',
  failed: 'Not kept',
}

export type Audit = {
  readonly day: string
  readonly outcome: AuditOutcome
  readonly note: string
  readonly nextDay: string
  readonly by: string
}

export const contactsMax = 20

type SupplierFields = Omit<Supplier, 'id' | 'provider' | 'endedMs' | 'version'>

export async function insertSupplier(
  tx: Tx,
  given: SupplierFields & { readonly provider: string; readonly by: string; readonly nowMs: number },
): Promise<string> {
  const id = newId(given.nowMs)
  await tx`
    insert into register.supplier (id, provider, name, does, processor, contract_reference, contract_from,
      contract_until, note, created_at, created_by)
    values (${id}, ${given.provider}, ${given.name}, ${given.does as string[]}, ${given.processor},
      ${given.contractReference}, ${given.contractFrom}, ${given.contractUntil}, ${given.note}, ${given.nowMs}, ${given.by})`
  return id
}

/** False when somebody changed it since `version` was read. */
export async function updateSupplier(
  tx: Tx,
  given: SupplierFields & Pick<Supplier, 'id' | 'version' | 'endedMs'>,
): Promise<boolean> {
  const rows = await tx`
    update register.supplier
    set name = ${given.name}, does = ${given.does as string[]}, processor = ${given.processor},
        contract_reference = ${given.contractReference}, contract_from = ${given.contractFrom},
        contract_until = ${given.contractUntil}, note = ${given.note}, ended_at = ${given.endedMs}, version = version + 1
    where id = ${given.id} and version = ${given.version}`
  return rows.count === 1
}

export async function findSupplier(sql: Query, id: string): Promise<Supplier | null> {
  if (!isId(id)) return null
  const [row] = await sql<SupplierRow[]>`select * from register.supplier where id = ${id}`
  return row ? toSupplier(row) : null
}

export async function suppliersById(
  sql: Query,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Supplier>> {
  const rows = await sql<SupplierRow[]>`
    select * from register.supplier where id = any (${ids as string[]}::uuid[])`
  return new Map(rows.map((row) => [row.id, toSupplier(row)]))
}

/** Those that a landlord works with now. */
export async function suppliersOf(sql: Query, provider: string): Promise<readonly Supplier[]> {
  const rows = await sql<SupplierRow[]>`
    select * from register.supplier where provider = ${provider} and ended_at is null order by name, id limit ${listMax}`
  return rows.map(toSupplier)
}

// ---- contacts ----

export async function insertContact(
  tx: Tx,
  given: Omit<Contact, 'id'> & { readonly supplierId: string; readonly nowMs: number },
): Promise<void> {
  await tx`
    insert into register.supplier_contact (id, supplier_id, name, job, phone, email, created_at)
    values (${newId(given.nowMs)}, ${given.supplierId}, ${given.name}, ${given.job}, ${given.phone}, ${given.email},
            ${given.nowMs})`
}

/** For good: they are somebody's name and number. */
export async function removeContact(tx: Tx, supplierId: string, id: string): Promise<boolean> {
  return (
    (await tx`delete from register.supplier_contact where id = ${id} and supplier_id = ${supplierId}`)
      .count === 1
  )
}

export const contactsOf = (sql: Query, supplierId: string): Promise<readonly Contact[]> =>
  sql<Contact[]>`
    select id, name, job, phone, email from register.supplier_contact where supplier_id = ${supplierId}
    order by name, id limit ${contactsMax}`

// ---- proofs ----

export async function insertProof(
  tx: Tx,
  given: {
    readonly supplierId: string
    readonly code: string
    readonly reference: string
    readonly validUntil: string | null
    readonly file: Document | null
    readonly by: string
    readonly nowMs: number
  },
): Promise<void> {
  const { file } = given
  await tx`
    insert into register.supplier_proof
      (id, supplier_id, code, reference, valid_until, file_name, mime, bytes, sha256, seen_at, seen_by)
    values (${newId(given.nowMs)}, ${given.supplierId}, ${given.code}, ${given.reference}, ${given.validUntil},
      ${file?.name ?? null}, ${file?.mime ?? null}, ${file?.bytes ?? null},
      ${file ? createHash('sha256').update(file.bytes).digest() : null}, ${given.nowMs}, ${given.by})`
}

/** The newest proof of each code, for these suppliers. */
export async function proofsOf(
  sql: Query,
  supplierIds: readonly string[],
): Promise<(supplierId: string) => readonly Proof[]> {
  const rows = await sql<ProofRow[]>`
    select distinct on (supplier_id, code) id, supplier_id, code, reference, valid_until, file_name, seen_at, seen_by
    from register.supplier_proof where supplier_id = any (${supplierIds as string[]}::uuid[])
    order by supplier_id, code, seen_at desc, id desc`
  const proofs = rows.map(toProof)
  return (supplierId) => proofs.filter((proof) => proof.supplierId === supplierId)
}

export async function proofFile(sql: Query, supplierId: string, id: string): Promise<Document | null> {
  const [row] = await sql<{ file_name: string; mime: Document['mime']; bytes: Buffer }[]>`
    select file_name, mime, bytes from register.supplier_proof
    where id = ${id} and supplier_id = ${supplierId} and bytes is not null`
  return row ? { name: row.file_name, mime: row.mime, bytes: row.bytes } : null
}

// ---- audits ----

export async function insertAudit(
  tx: Tx,
  given: Audit & { readonly supplierId: string; readonly nowMs: number },
): Promise<void> {
  await tx`
    insert into register.supplier_audit (id, supplier_id, day, outcome, note, next_day, at, by)
    values (${newId(given.nowMs)}, ${given.supplierId}, ${given.day}, ${given.outcome}, ${given.note}, ${given.nextDay},
            ${given.nowMs}, ${given.by})`
}

/** Newest first, for these suppliers. */
export async function auditsOf(
  sql: Query,
  supplierIds: readonly string[],
): Promise<(supplierId: string) => readonly Audit[]> {
  const rows = await sql<
    { supplier_id: string; day: string; outcome: AuditOutcome; note: string; next_day: string; by: string }[]
  >`
    select supplier_id, day, outcome, note, next_day, by from register.supplier_audit
    where supplier_id = any (${supplierIds as string[]}::uuid[]) order by day desc, at desc limit ${listMax}`
  return (supplierId) =>
    rows
      .filter((row) => row.supplier_id === supplierId)
      .map(({ day, outcome, note, next_day, by }) => ({ day, outcome, note, nextDay: next_day, by }))
}

type SupplierRow = {
  id: string
  provider: string
  name: string
  does: SupplierWork[]
  processor: boolean
  contract_reference: string
  contract_from: string | null
  contract_until: string | null
  note: string
  ended_at: number | null
  version: number
}
type ProofRow = {
  id: string
  supplier_id: string
  code: string
  reference: string
  valid_until: string | null
  file_name: string | null
  seen_at: number
  seen_by: string
}

const toSupplier = (row: SupplierRow): Supplier => ({
  id: row.id,
  provider: row.provider,
  name: row.name,
  does: row.does,
  processor: row.processor,
  contractReference: row.contract_reference,
  contractFrom: row.contract_from,
  contractUntil: row.contract_until,
  note: row.note,
  endedMs: row.ended_at,
  version: row.version,
})

const toProof = (row: ProofRow): Proof => ({
  id: row.id,
  supplierId: row.supplier_id,
  code: row.code,
  reference: row.reference,
  validUntil: row.valid_until,
  fileName: row.file_name,
  seenMs: row.seen_at,
  seenBy: row.seen_by,
})
