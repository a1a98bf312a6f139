/** Suppliers: their contract, what they signed and showed, audits, and whom to call. */
import { z } from 'zod'
import { civilDay } from '#base/base.ts'
import { inTransaction, type Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import {
  type Answer,
  type Ask,
  fields,
  type Page,
  type Person,
  type Route,
  route,
  type View,
} from '#web/web.ts'
import { chaseSupplier } from '../chase.ts'
import { checkDocument, documentBytesMax, documentMimes } from '../documents.ts'
import { differences, noteChanges } from '../history.ts'
import { proofLines, supplierLacks } from '../lacks.ts'
import { providersIn, reaches, reachOf } from '../reach.ts'
import { find } from '../search.ts'
import {
  auditOutcomes,
  auditsOf,
  contactsMax,
  contactsOf,
  findSupplier,
  insertAudit,
  insertContact,
  insertProof,
  insertSupplier,
  proofFile,
  proofsOf,
  removeContact,
  type Supplier,
  type SupplierWork,
  suppliersById,
  supplierWork,
  supplierWorkLabels,
  updateSupplier,
} from '../supplier-store.ts'
import { visitsOfSupplier } from '../visit-store.ts'
import {
  changedMeanwhile,
  gone,
  looking,
  mayEditSomething,
  namesOf,
  pageNumber,
  type RegisterAction,
  type RegisterDeps,
  searchText,
} from './parts.ts'
import { supplierForm, supplierPage, suppliersPage } from './supplier-pages.ts'

const noSupplier: Answer = { notFound: 'There is no such supplier, or you may not see it.' }
const withId = z.object({ id: fields.id('a supplier') })
const supplierFields = z.object({
  name: fields.text('the name of the firm', 200),
  does: fields.codes('what they do', { min: 1 }),
  processor: fields.choice('whether they handle pictures or names', ['yes', 'no']),
  contractReference: fields.optionalText('the number of the contract', 100),
  contractFrom: fields.optionalDay('the first day of the contract'),
  contractUntil: fields.optionalDay('the last day of the contract'),
  note: fields.optionalText('the note', 2_000),
  ended: fields.tick(),
})

type Said = Omit<Supplier, 'id' | 'provider' | 'version'>
const labels: readonly (readonly [string, (of: Said) => string | null])[] = [
  ['Name of the firm', (of) => of.name],
  ['What they do', (of) => of.does.map((code) => supplierWorkLabels[code]).join('; ')],
  ['Handles pictures or names', (of) => (of.processor ? 'Yes' : 'No')],
  ['Number of the contract', (of) => of.contractReference],
  ['First day of the contract', (of) => of.contractFrom],
  ['Last day of the contract', (of) => of.contractUntil],
  ['Note', (of) => of.note],
  ['Works for us', (of) => (of.endedMs === null ? 'Yes' : 'No longer')],
]

export function supplierRoutes(deps: RegisterDeps): Route[] {
  const { sql, packs } = deps
  const supplierFor = async (person: Person, id: string, action: RegisterAction) => {
    const supplier = await findSupplier(sql, id)
    return supplier && reaches(reachOf(person, action, packs), supplier.provider, null) ? supplier : null
  }
  const show = async (person: Person, id: string, view: View, nowMs: number) => {
    const supplier = await supplierFor(person, id, 'register.view')
    if (supplier === null) return null
    const pack = packs.packOf(supplier.provider)
    const { timeZone } = pack.values.provider
    const today = civilDay(nowMs, timeZone)
    const [proofs, audits, contacts, visits] = await Promise.all([
      proofsOf(sql, [id]),
      auditsOf(sql, [id]),
      contactsOf(sql, id),
      visitsOfSupplier(sql, id),
    ])
    const shown = {
      supplier,
      pack,
      today,
      timeZone,
      lacks: supplierLacks(pack, supplier, proofs(id), audits(id), today),
      proofs: proofLines(pack, supplier, proofs(id), today),
      audits: audits(id),
      contacts,
      visits,
      mayEdit: (await supplierFor(person, id, 'register.edit')) !== null,
      name: await namesOf(deps, [...proofs(id).map((one) => one.seenBy), ...audits(id).map((one) => one.by)]),
    }
    const { lacks } = shown
    return {
      data: { ...supplier, lacks, proofs: shown.proofs, audits: shown.audits, contacts, visits },
      page: () => supplierPage(view, shown),
    }
  }
  const again = async (ask: Ask<Readonly<Record<string, unknown>>>): Promise<Page> =>
    (await show(ask.person!, String(ask.input['id']), ask.view, ask.nowMs))?.page() ??
    gone('There is no such supplier')
  const typedOf = (input: z.output<typeof supplierFields>, endedMs: number | null) => ({
    name: input.name,
    does: input.does.filter((code): code is SupplierWork => supplierWork.some((known) => known === code)),
    processor: input.processor === 'yes',
    contractReference: input.contractReference ?? '',
    contractFrom: input.contractFrom,
    contractUntil: input.contractUntil,
    note: input.note ?? '',
    endedMs,
  })
  const wrongDays = ({
    contractFrom: from,
    contractUntil: until,
  }: {
    contractFrom: string | null
    contractUntil: string | null
  }) =>
    until !== null && from === null
      ? [{ field: 'contractFrom', message: 'Enter the first day as well' }]
      : until !== null && from !== null && until < from
        ? [{ field: 'contractUntil', message: 'Enter a last day that is not before the first' }]
        : []
  /** Something about a supplier was written: told to the ledger, and what is missing is looked at again. */
  const told = async (
    tx: Tx,
    supplier: Pick<Supplier, 'id' | 'provider'>,
    by: string,
    nowMs: number,
    kind: string,
    data: Readonly<Record<string, string | number | boolean>> = {},
  ): Promise<void> => {
    await append(tx, {
      kind,
      actor: by,
      provider: supplier.provider,
      about: { supplier: supplier.id },
      data,
      atMs: nowMs,
    })
    await chaseSupplier(tx, deps, supplier.id, nowMs)
  }
  const note = (
    tx: Tx,
    supplier: Pick<Supplier, 'id' | 'provider'>,
    by: string,
    atMs: number,
    changes: Parameters<typeof noteChanges>[2],
  ) => noteChanges(tx, { what: 'supplier', id: supplier.id, provider: supplier.provider, by, atMs }, changes)
  const newForm = (person: Person, view: View): Page =>
    supplierForm(view, null, providersIn(reachOf(person, 'register.edit', packs), packs))

  return [
    route({
      method: 'GET',
      path: '/suppliers',
      permission: 'register.view',
      ledger: looking,
      input: z.object({ text: searchText, page: pageNumber }),
      api: { summary: 'Suppliers, 50 on a page' },
      async handler(ask) {
        const { text, page } = ask.input
        const reach = reachOf(ask.person!, 'register.view', packs)
        const { found, total } = await find(sql, reach, { text, kinds: ['supplier'], page })
        const ids = found.map((one) => one.id)
        const [known, proofs, audits] = await Promise.all([
          suppliersById(sql, ids),
          proofsOf(sql, ids),
          auditsOf(sql, ids),
        ])
        const lines = ids.flatMap((id) => {
          const supplier = known.get(id)
          if (supplier === undefined) return []
          const pack = packs.packOf(supplier.provider)
          const today = civilDay(ask.nowMs, pack.values.provider.timeZone)
          return [{ supplier, lacks: supplierLacks(pack, supplier, proofs(id), audits(id), today) }]
        })
        const mayAdd = mayEditSomething(ask.person!, packs)
        return {
          data: lines.map(({ supplier, lacks }) => ({ ...supplier, lacks })),
          page: () => suppliersPage(lines, { text, page, total, mayAdd }),
        }
      },
    }),
    route({
      method: 'GET',
      path: '/suppliers/new',
      permission: 'register.edit',
      ledger: { none: 'an empty form says nothing about anybody' },
      async handler(ask) {
        return { data: null, page: () => newForm(ask.person!, ask.view) }
      },
    }),
    route({
      method: 'POST',
      path: '/suppliers/new',
      permission: 'register.edit',
      ledger: 'supplier.added',
      input: supplierFields.extend({
        provider: z.preprocess((v) => v || null, fields.code('the landlord').nullable()),
      }),
      form: async (ask) => newForm(ask.person!, ask.view),
      api: { summary: 'Add a supplier' },
      async handler(ask) {
        const reach = reachOf(ask.person!, 'register.edit', packs)
        const own = providersIn(reach, packs)
        const provider = ask.input.provider ?? (own.length === 1 ? own[0]!.slug : null)
        if (provider === null || !own.some((p) => p.slug === provider))
          return { refusal: [{ field: 'provider', message: 'Choose the landlord' }] }
        if (!reaches(reach, provider, null))
          return {
            refusal: [
              {
                field: 'name',
                message: 'Only somebody whose role reaches the whole landlord may add a supplier',
              },
            ],
            forbidden: true,
          }
        const typed = typedOf(ask.input, null)
        const wrong = wrongDays(typed)
        if (wrong.length > 0) return { refusal: wrong }
        const by = ask.person!.id
        const id = await inTransaction(sql, async (tx) => {
          const made = await insertSupplier(tx, { ...typed, provider, by, nowMs: ask.nowMs })
          await note(
            tx,
            { id: made, provider },
            by,
            ask.nowMs,
            labels
              .map(([label, say]) => [label, null, say(typed) || null] as const)
              .filter(([, , said]) => said !== null),
          )
          await told(tx, { id: made, provider }, by, ask.nowMs, 'supplier.added')
          return made
        })
        return {
          data: { id },
          created: true,
          location: `/suppliers/${id}`,
          flash: 'The supplier is in the register.',
        }
      },
    }),
    route({
      method: 'GET',
      path: '/suppliers/:id',
      permission: 'register.view',
      ledger: looking,
      input: withId,
      api: { summary: 'A supplier: contract, proofs, audits, contacts, visits, and what is missing' },
      async handler(ask) {
        return (await show(ask.person!, ask.input.id, ask.view, ask.nowMs)) ?? noSupplier
      },
    }),
    route({
      method: 'GET',
      path: '/suppliers/:id/edit',
      permission: 'register.edit',
      ledger: looking,
      input: withId,
      async handler(ask) {
        const supplier = await supplierFor(ask.person!, ask.input.id, 'register.edit')
        return supplier === null
          ? noSupplier
          : { data: supplier, page: () => supplierForm(ask.view, supplier, []) }
      },
    }),
    route({
      method: 'POST',
      path: '/suppliers/:id/edit',
      permission: 'register.edit',
      ledger: 'supplier.changed',
      input: supplierFields.extend({
        id: fields.id('a supplier'),
        version: fields.whole('the version', 1, 1e9),
      }),
      form: async (ask) => {
        const supplier = await supplierFor(ask.person!, String(ask.input['id']), 'register.edit')
        return supplier === null ? gone('There is no such supplier') : supplierForm(ask.view, supplier, [])
      },
      api: { summary: 'Change a supplier' },
      async handler(ask) {
        const { id, version, ended } = ask.input
        const supplier = await supplierFor(ask.person!, id, 'register.edit')
        if (supplier === null) return noSupplier
        const typed = typedOf(ask.input, ended ? (supplier.endedMs ?? ask.nowMs) : null)
        const wrong = wrongDays(typed)
        if (wrong.length > 0) return { refusal: wrong }
        const other = await inTransaction(sql, async (tx) => {
          const before = (await findSupplier(tx, id))!
          if (!(await updateSupplier(tx, { ...typed, id, version })))
            return differences<Said>(typed, before, labels)
          await note(tx, supplier, ask.person!.id, ask.nowMs, differences<Said>(before, typed, labels))
          await told(tx, supplier, ask.person!.id, ask.nowMs, 'supplier.changed')
          return null
        })
        return other === null
          ? { data: { id }, location: `/suppliers/${id}`, flash: 'The supplier is changed.' }
          : { refusal: changedMeanwhile(other) }
      },
    }),
    route({
      method: 'POST',
      path: '/suppliers/:id/proofs',
      permission: 'register.edit',
      ledger: 'supplier.proof-seen',
      uploads: { files: 1, bytesMax: documentBytesMax, mimes: documentMimes },
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
