/** A system's controller and its processors: named, changed, ended. */
import { z } from 'zod'
import { inTransaction, type Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import {
  type Ask,
  type FieldError,
  fields,
  type Page,
  type Person,
  type Route,
  route,
  type View,
} from '#web/web.ts'
import { chaseSystem } from '../chase.ts'
import {
  type Controller,
  controllerKinds,
  endProcessor,
  nameProcessor,
  ownController,
  rolesOf,
  setController,
} from '../controller-store.ts'
import { differences, type FieldChange, noteChanges } from '../history.ts'
import { suppliersOf } from '../supplier-store.ts'
import type { System } from '../system-store.ts'
import { controllerForm, controllerName } from './controller-pages.ts'
import { changedMeanwhile, gone, looking, nameOf, noSystem, type RegisterDeps, systemFor } from './parts.ts'

const withId = z.object({ id: fields.id('a system') })
const controllerFields = z.object({
  version: fields.whole('the version', 1, 1e9),
  kind: fields.choice('who the controller is', controllerKinds),
  landlord: fields.optionalText('the landlord', 60),
  body: fields.optionalText('the name of the controller', 200),
  contact: fields.optionalText('how to reach the controller', 500),
  supplierId: fields.optionalText('the supplier', 60),
  joint: fields.optionalText('with whom it decides jointly', 300),
})

export function controllerRoutes(deps: RegisterDeps): Route[] {
  const { sql, packs } = deps
  const landlord = nameOf(packs)
  const othersOf = (provider: string) => packs.list().filter(({ slug }) => slug !== provider)
  const labels = (
    provider: string,
    supplierName: (id: string | null) => string | null,
  ): readonly (readonly [string, (of: Controller) => string | null])[] => [
    ['Controller', (of) => controllerName(of, provider, landlord)],
    ['How to reach the controller', (of) => of.contact],
    ['The controller as our supplier', (of) => supplierName(of.supplierId)],
    ['Jointly with', (of) => of.joint],
  ]
  const formFor = async (person: Person, id: string, view: View) => {
    const found = await systemFor(deps, person, id, 'register.edit')
    if (found === null) return null
    const { system } = found
    const roles = (await rolesOf(sql, [id]))(id)
    const given = {
      system,
      controller: roles.controller,
      own: landlord(system.provider),
      others: othersOf(system.provider).map(({ slug, name }) => ({ slug, name })),
      suppliers: await suppliersOf(sql, system.provider),
      processors: roles.processors.map((one) => one.supplier.id),
    }
    return {
      data: { version: system.version, controller: roles.controller, processors: given.processors },
      page: () => controllerForm(view, given),
    }
  }
  const again = async (ask: Ask<Readonly<Record<string, unknown>>>): Promise<Page> =>
    (await formFor(ask.person!, String(ask.input['id']), ask.view))?.page() ?? gone('There is no such system')
  /** Something was written: into its history, into the ledger, and what is missing is looked at again. */
  const told = async (
    tx: Tx,
    system: System,
    entry: {
      readonly kind: string
      readonly about?: Readonly<Record<string, string>>
      readonly data?: Readonly<Record<string, string>>
      readonly changes: readonly FieldChange[]
      readonly by: string
      readonly nowMs: number
    },
  ): Promise<void> => {
    const { by, nowMs } = entry
    const { id, provider } = system
    await noteChanges(tx, { what: 'system', id, provider, by, atMs: nowMs }, entry.changes)
    await append(tx, {
      kind: entry.kind,
      actor: by,
      provider,
      about: { system: id, ...entry.about },
      data: entry.data ?? {},
      atMs: nowMs,
    })
    await chaseSystem(tx, deps, id, nowMs)
  }

  return [
    route({
      method: 'GET',
      path: '/systems/:id/controller',
      permission: 'register.edit',
      ledger: looking,
      input: withId,
      api: { summary: 'The controller of a system as it may be changed' },
      async handler(ask) {
        return (await formFor(ask.person!, ask.input.id, ask.view)) ?? noSystem
      },
    }),
    route({
      method: 'POST',
      path: '/systems/:id/controller',
      permission: 'register.edit',
      ledger: 'system.controller-changed',
      input: withId.extend(controllerFields.shape),
      form: again,
      api: { summary: 'Say who is the controller of a system, alone or jointly' },
      async handler(ask) {
        const { id, version } = ask.input
        const found = await systemFor(deps, ask.person!, id, 'register.edit')
        if (found === null) return noSystem
        const { system } = found
        const suppliers = await suppliersOf(sql, system.provider)
        const typed = typedOf(ask.input)
        const wrong = wrongIn(
          typed,
          othersOf(system.provider).map(({ slug }) => slug),
          suppliers.map((one) => one.id),
        )
        if (wrong.length > 0) return { refusal: wrong }
        const names = labels(system.provider, (supplierId) =>
          supplierId === null
            ? null
            : (suppliers.find((one) => one.id === supplierId)?.name ?? 'A former supplier'),
        )
        const other = await inTransaction(sql, async (tx) => {
          const { controller: before } = (await rolesOf(tx, [id]))(id)
          const by = ask.person!.id
          if (!(await setController(tx, { ...typed, systemId: id, version, by, nowMs: ask.nowMs })))
            return differences(typed, before, names)
          await told(tx, system, {
            kind: 'system.controller-changed',
            data: { controller: typed.kind },
            changes: differences(before, typed, names),
            by,
            nowMs: ask.nowMs,
          })
          return null
        })
        return other === null
          ? { data: { id }, location: `/systems/${id}`, flash: 'Saved.' }
          : { refusal: changedMeanwhile(other) }
      },
    }),
    route({
      method: 'POST',
      path: '/systems/:id/processors',
      permission: 'register.edit',
      ledger: 'system.processor-named',
      input: withId.extend({
        processorId: fields.id('a supplier'),
        does: fields.text('what it does for this system', 300),
      }),
      form: again,
      api: { summary: 'Name a supplier that handles pictures of a system' },
      async handler(ask) {
        const { id, processorId: supplierId, does } = ask.input
        const found = await systemFor(deps, ask.person!, id, 'register.edit')
        if (found === null) return noSystem
        const { system } = found
        const refuse = (message: string) => ({ refusal: [{ field: 'processorId', message }] })
        const supplier = (await suppliersOf(sql, system.provider)).find((one) => one.id === supplierId)
        if (supplier === undefined) return refuse('Choose a supplier that works for this landlord')
        if (!supplier.processor)
          return refuse('Say on the supplier’s own page first that it handles pictures or names')
        const done = await inTransaction(sql, async (tx) => {
          const by = ask.person!.id
          const { nowMs } = ask
          if (!(await nameProcessor(tx, { systemId: id, supplierId, does, by, nowMs }))) return false
          await told(tx, system, {
            kind: 'system.processor-named',
            about: { supplier: supplierId },
            changes: [['Processor', null, `${supplier.name}: ${does}`]],
            by,
            nowMs,
          })
          return true
        })
        return done
          ? { data: null, location: `/systems/${id}`, flash: 'The processor is named.' }
          : refuse('It is a processor of this system already')
      },
    }),
    route({
      method: 'POST',
      path: '/systems/:id/processors/:supplierId/end',
      permission: 'register.edit',
      ledger: 'system.processor-ended',
      input: withId.extend({ supplierId: fields.id('a supplier') }),
      api: { summary: 'A supplier no longer handles pictures of a system' },
      async handler(ask) {
        const { id, supplierId } = ask.input
        const found = await systemFor(deps, ask.person!, id, 'register.edit')
        if (found === null) return noSystem
        const { nowMs } = ask
        await inTransaction(sql, async (tx) => {
          const was = (await rolesOf(tx, [id]))(id).processors.find((one) => one.supplier.id === supplierId)
          if (was === undefined || !(await endProcessor(tx, { systemId: id, supplierId, nowMs }))) return
          await told(tx, found.system, {
            kind: 'system.processor-ended',
            about: { supplier: supplierId },
            changes: [['Processor', `${was.supplier.name}: ${was.does}`, null]],
            by: ask.person!.id,
            nowMs,
          })
        })
        return { data: null, location: `/systems/${id}`, flash: 'It is no longer a processor.' }
      },
    }),
  ]
}

/** Only what belongs to the kind counts: a hidden part of the form may still hold what was typed. */
function typedOf(input: z.output<typeof controllerFields>): Controller {
  const { kind } = input
  return {
    ...ownController,
    kind,
    joint: input.joint ?? '',
    ...(kind === 'landlord' ? { landlord: input.landlord } : {}),
    ...(kind === 'outside'
      ? { body: input.body, contact: input.contact ?? '', supplierId: input.supplierId }
      : {}),
  }
}

function wrongIn(
  { kind, landlord, body, contact, supplierId }: Controller,
  landlords: readonly string[],
  suppliers: readonly string[],
): FieldError[] {
  const found: FieldError[] = []
  if (kind === 'landlord' && (landlord === null || !landlords.includes(landlord)))
    found.push({ field: 'landlord', message: 'Choose another landlord from the list' })
  if (kind === 'outside' && body === null)
    found.push({ field: 'body', message: 'Enter the name of the controller' })
  if (kind === 'outside' && contact === '')
    found.push({ field: 'contact', message: 'Enter how people can reach the controller' })
  if (supplierId !== null && !suppliers.includes(supplierId))
    found.push({ field: 'supplierId', message: 'Choose a supplier of this landlord, or none' })
  return found
}
