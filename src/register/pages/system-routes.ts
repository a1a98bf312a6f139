/** Systems: who answers for each, who operates it, and by which procedure. */
import { z } from 'zod'
import { civilDay } from '#base/base.ts'
import { inTransaction, type Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { type Ask, fields, type Page, type Person, type Route, route, type View } from '#web/web.ts'
import { camerasOfSystems } from '../camera-store.ts'
import { chaseSystem } from '../chase.ts'
import { devicesOfSystems } from '../device-store.ts'
import { systemFacts } from '../facts.ts'
import { differences, type FieldChange, noteChanges } from '../history.ts'
import { mustAcknowledge, securityLines, systemLacks, viewState } from '../lacks.ts'
import { endOperator, nameOperator } from '../procedure-store.ts'
import { reachOf } from '../reach.ts'
import { find } from '../search.ts'
import { findSystem, type System, setManager, systemsById, updateSystem } from '../system-store.ts'
import { rolesData } from './controller-pages.ts'
import {
  changedMeanwhile,
  gone,
  looking,
  nameOf,
  namesOf,
  noSystem,
  pageNumber,
  type RegisterDeps,
  searchText,
  systemFor,
} from './parts.ts'
import { procedureRoutes } from './procedure-routes.ts'
import { systemForm, systemPage, systemsPage } from './system-pages.ts'

const withId = z.object({ id: fields.id('a system') })

export function systemRoutes(deps: RegisterDeps): Route[] {
  const { sql, packs } = deps
  const purposeOf = (provider: string) => (code: string) =>
    packs.packOf(provider).values.purposes.find((p) => p.code === code)?.label ?? code
  const labels = (provider: string): readonly (readonly [string, (of: System) => string | null])[] => [
    ['Name of the system', (of) => of.name],
    ['Purposes', (of) => of.purposes.map(purposeOf(provider)).join('; ')],
    ['Days kept', (of) => (of.retentionDays === null ? null : String(of.retentionDays))],
  ]

  /** The whole page of a system as this person sees it, with what was typed in one of its forms. */
  const show = async (person: Person, id: string, view: View, nowMs: number) => {
    const found = await systemFor(deps, person, id, 'register.view')
    if (found === null) return null
    const { system, site } = found
    const facts = (await systemFacts(sql, deps.packs, [system]))(id)
    const pack = packs.packOf(system.provider)
    const today = civilDay(nowMs, site.timeZone)
    const mayEdit = (await systemFor(deps, person, id, 'register.edit')) !== null
    const name = await namesOf(deps, [
      system.managerId,
      ...facts.operators,
      facts.procedure?.writtenBy ?? null,
      ...facts.security.map((one) => one.by),
    ])
    const readers = mustAcknowledge(facts).map((personId) => ({
      personId,
      name: name(personId),
      atMs: facts.acknowledged(personId),
    }))
    const shown = {
      ...facts,
      site,
      pack,
      today,
      landlord: nameOf(packs),
      name,
      mayEdit,
      readers,
      lacks: systemLacks(pack, facts, today),
      securityLines: securityLines(pack, facts.security, today),
      views: facts.cameras.map((camera) => {
        const requirement = facts.requirement(camera.id)
        return { camera, requirement, state: viewState(camera, requirement, today) }
      }),
      devices: (await devicesOfSystems(sql, [id]))(id),
      staff: mayEdit ? await deps.staffOf(system.provider) : [],
      purpose: purposeOf(system.provider),
      asksMe:
        readers.some((one) => one.personId === person.id && one.atMs === null) && facts.procedure !== null,
    }
    const { cameras, operators, procedure } = facts
    return {
      data: {
        ...system,
        site: { id: site.id, name: site.name },
        cameras,
        operators,
        ...rolesData(shown),
        procedure,
        acknowledged: readers,
        security: shown.securityLines,
        views: shown.views.map(({ camera, requirement, state }) => ({
          camera: camera.id,
          requirement,
          state,
        })),
        devices: shown.devices,
        lacks: shown.lacks,
      },
      page: () => systemPage(view, shown),
    }
  }
  const again = async (ask: Ask<Readonly<Record<string, unknown>>>): Promise<Page> =>
    (await show(ask.person!, String(ask.input['id']), ask.view, ask.nowMs))?.page() ??
    gone('There is no such system')
  const note = (tx: Tx, system: System, by: string, atMs: number, changes: readonly FieldChange[]) =>
    noteChanges(tx, { what: 'system', id: system.id, provider: system.provider, by, atMs }, changes)
  const isStaff = async (provider: string, id: string): Promise<boolean> =>
    (await deps.staffOf(provider)).some((one) => one.id === id)

  return [
    route({
      method: 'GET',
      path: '/systems',
      permission: 'register.view',
      ledger: looking,
      input: z.object({ text: searchText, page: pageNumber }),
      api: { summary: 'Systems in the register, 50 on a page' },
      async handler(ask) {
        const { text, page } = ask.input
        const reach = reachOf(ask.person!, 'register.view', packs)
        const { found, total } = await find(sql, reach, { text, kinds: ['system'], page })
        const known = await systemsById(
          sql,
          found.map((one) => one.id),
        )
        const factsOf = await systemFacts(sql, deps.packs, [...known.values()])
        const name = await namesOf(
          deps,
          [...known.values()].map((one) => one.managerId),
        )
        const lines = found.flatMap((one) => {
          const system = known.get(one.id)
          if (system === undefined) return []
          const pack = packs.packOf(system.provider)
          const facts = factsOf(system.id)
          const today = civilDay(ask.nowMs, pack.values.provider.timeZone)
          return [
            {
              system,
              siteName: one.note,
              manager: name(system.managerId),
              cameras: facts.cameras.length,
              lacks: systemLacks(pack, facts, today),
            },
          ]
        })
        return {
          data: lines.map(({ system, lacks }) => ({ ...system, lacks })),
          page: () => systemsPage(lines, { text, page, total }),
        }
      },
    }),
    route({
      method: 'GET',
      path: '/systems/:id',
      permission: 'register.view',
      ledger: looking,
      input: withId,
      api: {
        summary: 'A system: who answers for it, its procedure, its cameras, its security, and what it lacks',
      },
      async handler(ask) {
        return (await show(ask.person!, ask.input.id, ask.view, ask.nowMs)) ?? noSystem
      },
    }),
    route({
      method: 'GET',
      path: '/systems/:id/edit',
      permission: 'register.edit',
      ledger: looking,
      input: withId,
      async handler(ask) {
        const found = await systemFor(deps, ask.person!, ask.input.id, 'register.edit')
        if (found === null) return noSystem
        const { values } = packs.packOf(found.system.provider)
        return { data: found.system, page: () => systemForm(ask.view, found.system, values) }
      },
    }),
    route({
      method: 'POST',
      path: '/systems/:id/edit',
      permission: 'register.edit',
      ledger: 'system.changed',
      input: withId.extend({
        version: fields.whole('the version', 1, 1e9),
        name: fields.text('the name of the system', 200),
        purposes: fields.codes('what it is for', { min: 1 }),
        retentionDays: fields.optionalWhole('the days', 1, 3660),
      }),
      form: async (ask) => {
        const found = await systemFor(deps, ask.person!, String(ask.input['id']), 'register.edit')
        return found === null
          ? gone('There is no such system')
          : systemForm(ask.view, found.system, packs.packOf(found.system.provider).values)
      },
      api: { summary: 'Change the name, the purposes or the days kept of a system' },
      async handler(ask) {
        const { id, version, name, purposes, retentionDays } = ask.input
        const found = await systemFor(deps, ask.person!, id, 'register.edit')
        if (found === null) return noSystem
        const { provider } = found.system
        const { purposes: known, retentionDays: most } = packs.packOf(provider).values
        if (retentionDays !== null && retentionDays > most.value)
          return {
            refusal: [
              {
                field: 'retentionDays',
                message: `The policy lets pictures be kept for ${most.value} days at most. Fewer is always possible.`,
                clause: most.clause,
              },
            ],
          }
        if (!purposes.every((code) => known.some((p) => p.code === code)))
          return { refusal: [{ field: 'purposes', message: 'Choose purposes from the policy’s own list' }] }
        // Each camera here was asked for, and assessed, for the purposes that stand there.
        const added = known.filter(
          (p) => purposes.includes(p.code) && !found.system.purposes.includes(p.code),
        )
        if (added.length > 0 && (await camerasOfSystems(sql, [id]))(id).length > 0)
          return {
            refusal: [
              {
                field: 'purposes',
                message: `No camera of this system was asked for or assessed for this: ${added.map((p) => p.label).join('; ')}. Ask for a camera with that purpose; its assessment comes first.`,
                clause:
                  packs.packOf(provider).values.dpia.reopenedBy.find((r) => r.code === 'new-purpose')
                    ?.clause ?? null,
              },
            ],
          }
        const other = await inTransaction(sql, async (tx) => {
          const before = (await findSystem(tx, id))!
          const same = retentionDays === before.retentionDays
          const from = retentionDays === null ? null : civilDay(ask.nowMs, found.site.timeZone)
          const retentionFrom = same ? before.retentionFrom : from
          const typed = { ...before, name, purposes, retentionDays, retentionFrom, version }
          if (!(await updateSystem(tx, typed))) return differences(typed, before, labels(provider))
          await note(tx, before, ask.person!.id, ask.nowMs, differences(before, typed, labels(provider)))
          await append(tx, {
            kind: 'system.changed',
            actor: ask.person!.id,
            provider,
            about: { system: id },
            atMs: ask.nowMs,
          })
          return null
        })
        return other === null
          ? { data: { id }, location: `/systems/${id}`, flash: 'The system is changed.' }
          : { refusal: changedMeanwhile(other) }
      },
    }),
    route({
      method: 'POST',
      path: '/systems/:id/manager',
      permission: 'register.edit',
      ledger: 'system.manager-named',
      input: withId.extend({ managerId: fields.id('who answers for it') }),
      form: again,
      api: { summary: 'Name who answers for a system' },
      async handler(ask) {
        const found = await systemFor(deps, ask.person!, ask.input.id, 'register.edit')
        if (found === null) return noSystem
        const { system } = found
        const { managerId } = ask.input
        if (!(await isStaff(system.provider, managerId)))
          return { refusal: [{ field: 'managerId', message: 'Choose somebody who works for this landlord' }] }
        const name = await namesOf(deps, [system.managerId, managerId])
        await inTransaction(sql, async (tx) => {
          await setManager(tx, system.id, managerId)
          if (managerId !== system.managerId)
            await note(tx, system, ask.person!.id, ask.nowMs, [
              ['Answers for it', system.managerId === null ? null : name(system.managerId), name(managerId)],
            ])
          await append(tx, {
            kind: 'system.manager-named',
            actor: ask.person!.id,
            provider: system.provider,
            about: { system: system.id, person: managerId },
            atMs: ask.nowMs,
          })
          await chaseSystem(tx, deps, system.id, ask.nowMs)
        })
        return { data: null, location: `/systems/${system.id}`, flash: 'Saved.' }
      },
    }),
    route({
      method: 'POST',
      path: '/systems/:id/operators',
      permission: 'register.edit',
      ledger: 'system.operator-named',
      input: withId.extend({ operatorId: fields.id('who operates it') }),
      form: again,
      api: { summary: 'Name somebody who operates a system' },
      async handler(ask) {
        const found = await systemFor(deps, ask.person!, ask.input.id, 'register.edit')
        if (found === null) return noSystem
        const { system } = found
        const { operatorId: personId } = ask.input
        if (!(await isStaff(system.provider, personId)))
          return {
            refusal: [{ field: 'operatorId', message: 'Choose somebody who works for this landlord' }],
          }
        const name = await namesOf(deps, [personId])
        const done = await inTransaction(sql, async (tx) => {
          const by = ask.person!.id
          if (!(await nameOperator(tx, { systemId: system.id, personId, by, nowMs: ask.nowMs }))) return false
          await note(tx, system, by, ask.nowMs, [['Operator', null, name(personId)]])
          await append(tx, {
            kind: 'system.operator-named',
            actor: by,
            provider: system.provider,
            about: { system: system.id, person: personId },
            atMs: ask.nowMs,
          })
          await chaseSystem(tx, deps, system.id, ask.nowMs)
          return true
        })
        return done
          ? {
              data: null,
              location: `/systems/${system.id}`,
              flash: 'Named. They are asked to read the procedure.',
            }
          : { refusal: [{ field: 'operatorId', message: 'They operate this system already' }] }
      },
    }),
    route({
      method: 'POST',
      path: '/systems/:id/operators/:personId/end',
      permission: 'register.edit',
      ledger: 'system.operator-ended',
      input: withId.extend({ personId: fields.id('who operates it') }),
      api: { summary: 'Somebody no longer operates a system' },
      async handler(ask) {
        const { id, personId } = ask.input
        const found = await systemFor(deps, ask.person!, id, 'register.edit')
        if (found === null) return noSystem
        const name = await namesOf(deps, [personId])
        await inTransaction(sql, async (tx) => {
          if (!(await endOperator(tx, { systemId: id, personId, nowMs: ask.nowMs }))) return
          await note(tx, found.system, ask.person!.id, ask.nowMs, [['Operator', name(personId), null]])
          await append(tx, {
            kind: 'system.operator-ended',
            actor: ask.person!.id,
            provider: found.system.provider,
            about: { system: id, person: personId },
            atMs: ask.nowMs,
          })
          await chaseSystem(tx, deps, id, ask.nowMs)
        })
        return { data: null, location: `/systems/${id}`, flash: 'They no longer operate it.' }
      },
    }),
    ...procedureRoutes(deps, show),
  ]
}
