/** What a supplier shows, how they were looked into, and whom to call there. */
import { z } from 'zod'
import { civilDay } from '#base/base.ts'
import { inTransaction, type Tx } from '#engine/engine.ts'
import { type Ask, fields, type Page, type Person, type Route, route } from '#web/web.ts'
import { checkDocument, documentBytesMax, documentMimes } from '../documents.ts'
import type { FieldChange } from '../history.ts'
import {
  auditOutcomes,
  contactsMax,
  contactsOf,
  insertAudit,
  insertContact,
  insertProof,
  proofFile,
  removeContact,
  type Supplier,
} from '../supplier-store.ts'
import { looking, noSupplier, type RegisterAction, type RegisterDeps } from './parts.ts'

type Known = Pick<Supplier, 'id' | 'provider'>
/** What the routes of suppliers share. */
type Shared = {
  readonly deps: RegisterDeps
  supplierFor(person: Person, id: string, action: RegisterAction): Promise<Supplier | null>
  again(ask: Ask<Readonly<Record<string, unknown>>>): Promise<Page>
  note(tx: Tx, supplier: Known, by: string, atMs: number, changes: readonly FieldChange[]): Promise<void>
  told(
    tx: Tx,
    supplier: Known,
    by: string,
    nowMs: number,
    kind: string,
    data?: Readonly<Record<string, string | number | boolean>>,
  ): Promise<void>
}

const withId = z.object({ id: fields.id('a supplier') })

export function paperRoutes({ deps, supplierFor, again, note, told }: Shared): Route[] {
  const { sql, packs } = deps
  return [
    route({
      method: 'POST',
      path: '/suppliers/:id/proofs',
      permission: 'register.edit',
      ledger: 'supplier.proof-seen',
      uploads: { field: 'file', files: 1, bytesMax: documentBytesMax, mimes: documentMimes },
      input: withId.extend({
        code: fields.code('what the paper is'),
        reference: fields.text('the name or number of the paper', 300),
        validUntil: fields.optionalDay('the last day on which it counts'),
      }),
      form: again,
      api: { summary: 'Record what a supplier showed' },
      async handler(ask) {
        const { id, code, reference, validUntil } = ask.input
        const supplier = await supplierFor(ask.person!, id, 'register.edit')
        if (supplier === null) return noSupplier
        const pack = packs.packOf(supplier.provider)
        const line = pack.values.register.supplierProofs.find((known) => known.code === code)
        if (line === undefined) return { refusal: [{ field: 'code', message: 'Choose what the paper is' }] }
        if (validUntil !== null && validUntil < civilDay(ask.nowMs, pack.values.provider.timeZone))
          return {
            refusal: [{ field: 'validUntil', message: 'This paper has run out. Ask them for a newer one' }],
          }
        const file = checkDocument(ask.files['file'])
        if (!file.ok) return { refusal: file.reasons.map(({ message }) => ({ field: 'file', message })) }
        const by = ask.person!.id
        await inTransaction(sql, async (tx) => {
          await insertProof(tx, {
            supplierId: id,
            code,
            reference,
            validUntil,
            file: file.value,
            by,
            nowMs: ask.nowMs,
          })
          await note(tx, supplier, by, ask.nowMs, [
            [
              line.label.slice(0, 100),
              null,
              validUntil === null ? reference : `${reference}, until ${validUntil}`,
            ],
          ])
          await told(tx, supplier, by, ask.nowMs, 'supplier.proof-seen', { code })
        })
        return { data: null, location: `/suppliers/${id}`, flash: 'Saved.' }
      },
    }),
    route({
      method: 'GET',
      path: '/suppliers/:id/proofs/:proof',
      permission: 'register.view',
      ledger: looking,
      input: withId.extend({ proof: fields.id('a paper') }),
      async handler(ask) {
        const supplier = await supplierFor(ask.person!, ask.input.id, 'register.view')
        const file = supplier === null ? null : await proofFile(sql, supplier.id, ask.input.proof)
        return file === null
          ? { notFound: 'There is no such paper, or you may not see it.' }
          : { file: { mime: file.mime, body: file.bytes, filename: file.name } }
      },
    }),
    route({
      method: 'POST',
      path: '/suppliers/:id/audits',
      permission: 'register.edit',
      ledger: 'supplier.audited',
      input: withId.extend({
        auditDay: fields.day('the day of the audit'),
        outcome: fields.choice('the result', auditOutcomes),
        found: fields.text('what was found', 2_000),
        nextDay: fields.day('the day of the next audit'),
      }),
      form: again,
      api: { summary: 'Record an audit of a supplier' },
      async handler(ask) {
        const { id, auditDay, outcome, found, nextDay } = ask.input
        const supplier = await supplierFor(ask.person!, id, 'register.edit')
        if (supplier === null) return noSupplier
        const today = civilDay(ask.nowMs, packs.packOf(supplier.provider).values.provider.timeZone)
        if (auditDay > today)
          return { refusal: [{ field: 'auditDay', message: 'Enter a day that has come' }] }
        if (nextDay <= auditDay)
          return { refusal: [{ field: 'nextDay', message: 'Enter a day after this audit' }] }
        const by = ask.person!.id
        await inTransaction(sql, async (tx) => {
          await insertAudit(tx, {
            supplierId: id,
            day: auditDay,
            outcome,
            note: found,
            nextDay,
            by,
            nowMs: ask.nowMs,
          })
          await told(tx, supplier, by, ask.nowMs, 'supplier.audited', { outcome })
        })
        return { data: null, location: `/suppliers/${id}`, flash: 'The audit is on record.' }
      },
    }),
    route({
      method: 'POST',
      path: '/suppliers/:id/contacts',
      permission: 'register.edit',
      ledger: 'supplier.contact-changed',
      input: withId.extend({
        contactName: fields.text('the name', 120),
        job: fields.optionalText('the job', 120),
        phone: fields.optionalText('the phone number', 50),
        email: fields.email('the email address'),
      }),
      form: again,
      api: { summary: 'Add somebody to call at a supplier' },
      async handler(ask) {
        const { id, contactName, job, phone, email } = ask.input
        const supplier = await supplierFor(ask.person!, id, 'register.edit')
        if (supplier === null) return noSupplier
        if ((await contactsOf(sql, id)).length >= contactsMax)
          return {
            refusal: [
              { field: 'contactName', message: `There are ${contactsMax} people already. Remove one first` },
            ],
          }
        await inTransaction(sql, async (tx) => {
          await insertContact(tx, {
            supplierId: id,
            name: contactName,
            job: job ?? '',
            phone: phone ?? '',
            email: email ?? '',
            nowMs: ask.nowMs,
          })
          // Whose name and number it is, is not written into a history that stays.
          await note(tx, supplier, ask.person!.id, ask.nowMs, [
            ['People to call', null, 'Somebody was added'],
          ])
          await told(tx, supplier, ask.person!.id, ask.nowMs, 'supplier.contact-changed')
        })
        return { data: null, location: `/suppliers/${id}`, flash: 'Saved.' }
      },
    }),
    route({
      method: 'POST',
      path: '/suppliers/:id/contacts/:contact/remove',
      permission: 'register.edit',
      ledger: 'supplier.contact-changed',
      input: withId.extend({ contact: fields.id('somebody') }),
      api: { summary: 'Remove somebody to call at a supplier, for good' },
      async handler(ask) {
        const { id, contact } = ask.input
        const supplier = await supplierFor(ask.person!, id, 'register.edit')
        if (supplier === null) return noSupplier
        await inTransaction(sql, async (tx) => {
          if (!(await removeContact(tx, id, contact))) return
          await note(tx, supplier, ask.person!.id, ask.nowMs, [
            ['People to call', 'Somebody was removed', null],
          ])
          await told(tx, supplier, ask.person!.id, ask.nowMs, 'supplier.contact-changed')
        })
        return { data: null, location: `/suppliers/${id}`, flash: 'Removed.' }
      },
    }),
  ]
}
