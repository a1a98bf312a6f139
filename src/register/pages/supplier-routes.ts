/** Suppliers: their contract, what they signed and showed, audits, and whom to call. */
import { z } from 'zod'
import { civilDay } from '#base/base.ts'
import { inTransaction, type Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { type Ask, fields, type Page, type Person, type Route, route, type View } from '#web/web.ts'
import { chaseSupplier } from '../chase.ts'
import { differences, noteChanges } from '../history.ts'
import { proofLines, supplierLacks } from '../lacks.ts'
import { providersIn, reaches, reachOf } from '../reach.ts'
import { find } from '../search.ts'
import {
  auditsOf,
  contactsOf,
  findSupplier,
  insertSupplier,
  proofsOf,
  type Supplier,
  type SupplierWork,
  suppliersById,
  supplierWork,
  supplierWorkLabels,
  updateSupplier,
} from '../supplier-store.ts'
import { visitsOfSupplier } from '../visit-store.ts'
import { paperRoutes } from './paper-routes.ts'
import {
  changedMeanwhile,
  gone,
  looking,
  mayEditSomething,
  namesOf,
  noSupplier,
  pageNumber,
  type RegisterAction,
  type RegisterDeps,
  searchText,
} from './parts.ts'
import { supplierForm, supplierPage, suppliersPage } from './supplier-pages.ts'

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
    ...paperRoutes({ deps, supplierFor, again, note, told }),
  ]
}
