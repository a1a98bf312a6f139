/** Systems: who answers for each, who operates it, and by which procedure. */
import { z } from 'zod'
import { civilDay } from '#base/base.ts'
import { inTransaction, type Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { type Ask, fields, type Page, type Person, type Route, route, type View } from '#web/web.ts'
import { chaseSystem } from '../chase.ts'
import { devicesOfSystems } from '../device-store.ts'
import { checkDocument, documentBytesMax, documentMimes } from '../documents.ts'
import { systemFacts } from '../facts.ts'
import { differences, type FieldChange, noteChanges } from '../history.ts'
import { mustAcknowledge, securityLines, systemLacks, viewState } from '../lacks.ts'
import {
  acknowledge,
  endOperator,
  findProcedure,
  insertProcedure,
  nameOperator,
  procedureFile,
} from '../procedure-store.ts'
import { reachOf } from '../reach.ts'
import { find } from '../search.ts'
import { findSystem, type System, setManager, systemsById, updateSystem } from '../system-store.ts'
import {
  changedMeanwhile,
  gone,
  looking,
  namesOf,
  noSystem,
  pageNumber,
  type RegisterDeps,
  searchText,
  systemFor,
} from './parts.ts'
import { procedureForm, systemForm, systemPage, systemsPage } from './system-pages.ts'

const withId = z.object({ id: fields.id('a system') })

export function systemRoutes(deps: RegisterDeps): Route[] {
  const { sql, packs } = deps
  const purposeOf = (provider: string) => (code: string) =>
    packs.packOf(provider).values.purposes.find((p) => p.code === code)?.label ?? code
  const labels = (provider: string): readonly (readonly [string, (of: System) => string | null])[] => [
    ['Name of the system', (of) => of.name],
    ['Purposes', (of) => of.purposes.map(purposeOf(provider)).join('; ')],
  ]

  /** The whole page of a system as this person sees it, with what was typed in one of its forms. */
  const show = async (person: Person, id: string, view: View, nowMs: number) => {
    const found = await systemFor(deps, person, id, 'register.view')
    if (found === null) return null
    const { system, site } = found
    const facts = (await systemFacts(sql, [system]))(id)
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
        const factsOf = await systemFacts(sql, [...known.values()])
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
        const { purposes } = packs.packOf(found.system.provider).values
        return { data: found.system, page: () => systemForm(ask.view, found.system, purposes) }
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
      }),
      form: async (ask) => {
        const found = await systemFor(deps, ask.person!, String(ask.input['id']), 'register.edit')
        return found === null
          ? gone('There is no such system')
          : systemForm(ask.view, found.system, packs.packOf(found.system.provider).values.purposes)
      },
      api: { summary: 'Change the name or the purposes of a system' },
      async handler(ask) {
        const { id, version, name, purposes } = ask.input
        const found = await systemFor(deps, ask.person!, id, 'register.edit')
        if (found === null) return noSystem
        const { provider } = found.system
        const known = packs.packOf(provider).values.purposes
        if (!purposes.every((code) => known.some((p) => p.code === code)))
          return { refusal: [{ field: 'purposes', message: 'Choose purposes from the policy’s own list' }] }
        const other = await inTransaction(sql, async (tx) => {
          const before = (await findSystem(tx, id))!
          const typed = { ...before, name, purposes, version }
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

/** The procedure of a system: each version for ever, and who has said that they know the newest. */
function procedureRoutes(
  deps: RegisterDeps,
  show: (person: Person, id: string, view: View, nowMs: number) => Promise<{ page(): Page } | null>,
): Route[] {
  const { sql } = deps
  return [
    route({
      method: 'GET',
      path: '/systems/:id/procedure',
      permission: 'register.edit',
      ledger: looking,
      input: withId,
      async handler(ask) {
        const found = await systemFor(deps, ask.person!, ask.input.id, 'register.edit')
        if (found === null) return noSystem
        const { procedure } = (await systemFacts(sql, [found.system]))(found.system.id)
        return { data: procedure, page: () => procedureForm(ask.view, found.system, procedure) }
      },
    }),
    route({
      method: 'POST',
      path: '/systems/:id/procedure',
      permission: 'register.edit',
      ledger: 'system.procedure-set',
      uploads: { files: 1, bytesMax: documentBytesMax, mimes: documentMimes },
      input: withId.extend({
        title: fields.text('what the procedure is called', 200),
        duties: fields.text('what manager and operators do and answer for', 4_000),
        link: fields.optionalText('the address', 500),
      }),
      form: async (ask) => {
        const found = await systemFor(deps, ask.person!, String(ask.input['id']), 'register.edit')
        if (found === null) return gone('There is no such system')
        const { procedure } = (await systemFacts(sql, [found.system]))(found.system.id)
        return procedureForm(ask.view, found.system, procedure)
      },
      api: { summary: 'Give a system its procedure: a document, or an address in the library' },
      async handler(ask) {
        const { id, title, duties, link } = ask.input
        const found = await systemFor(deps, ask.person!, id, 'register.edit')
        if (found === null) return noSystem
        const file = checkDocument(ask.files['file'])
        if (!file.ok) return { refusal: file.reasons.map(({ message }) => ({ field: 'file', message })) }
        if ((file.value === null) === (link === null))
          return {
            refusal: [
              {
                field: 'link',
                message:
                  link === null
                    ? 'Choose a document, or give the address of one in your library'
                    : 'Give a document or an address, not both',
              },
            ],
          }
        if (link !== null && !/^(https:\/\/[^\s]+|\/[^\s/\\][^\s\\]*)$/.test(link))
          return { refusal: [{ field: 'link', message: 'Enter an address that begins with https:// or /' }] }
        const { provider } = found.system
        await inTransaction(sql, async (tx) => {
          const by = ask.person!.id
          const made = await insertProcedure(tx, {
            systemId: id,
            title,
            duties,
            link,
            file: file.value,
            by,
            nowMs: ask.nowMs,
          })
          await noteChanges(tx, { what: 'system', id, provider, by, atMs: ask.nowMs }, [
            ['Procedure', null, `${title}, version ${made.version}`],
          ])
          await append(tx, {
            kind: 'system.procedure-set',
            actor: by,
            provider,
            about: { system: id, procedure: made.id },
            data: { version: made.version },
            atMs: ask.nowMs,
          })
          await chaseSystem(tx, deps, id, ask.nowMs)
        })
        return {
          data: { id },
          location: `/systems/${id}`,
          flash: 'The procedure is in force. Whoever runs the system is asked to read it.',
        }
      },
    }),
    route({
      method: 'GET',
      path: '/procedures/:id/document',
      permission: 'register.view',
      ledger: looking,
      input: z.object({ id: fields.id('a procedure') }),
      async handler(ask) {
        const procedure = await findProcedure(sql, ask.input.id)
        const found =
          procedure === null ? null : await systemFor(deps, ask.person!, procedure.systemId, 'register.view')
        const file = found === null ? null : await procedureFile(sql, ask.input.id)
        return file === null
          ? { notFound: 'There is no such document, or you may not see it.' }
          : { file: { mime: file.mime, body: file.bytes, filename: file.name } }
      },
    }),
    route({
      method: 'POST',
      path: '/procedures/:id/acknowledge',
      permission: 'register.view',
      ledger: 'system.procedure-acknowledged',
      input: z.object({
        id: fields.id('a procedure'),
        read: fields.confirmed('Tick that you have read it and will keep to it'),
      }),
      form: async (ask) => {
        const procedure = await findProcedure(sql, String(ask.input['id']))
        const shown =
          procedure === null ? null : await show(ask.person!, procedure.systemId, ask.view, ask.nowMs)
        return shown?.page() ?? gone('There is no such procedure')
      },
      api: { summary: 'Say that you know a procedure and will keep to it' },
      async handler(ask) {
        const procedure = await findProcedure(sql, ask.input.id)
        const found =
          procedure === null ? null : await systemFor(deps, ask.person!, procedure.systemId, 'register.view')
        if (procedure === null || found === null) return noSystem
        const personId = ask.person!.id
        const facts = (await systemFacts(sql, [found.system]))(procedure.systemId)
        if (facts.procedure?.id !== procedure.id)
          return {
            refusal: [{ field: null, message: 'There is a newer version of this procedure. Read that one.' }],
          }
        if (!mustAcknowledge(facts).includes(personId))
          return {
            refusal: [
              { field: null, message: 'Only its manager and operators are asked to say that they know it.' },
            ],
            forbidden: true,
          }
        await inTransaction(sql, async (tx) => {
          if (!(await acknowledge(tx, { procedureId: procedure.id, personId, nowMs: ask.nowMs }))) return
          await append(tx, {
            kind: 'system.procedure-acknowledged',
            actor: personId,
            provider: found.system.provider,
            about: { system: procedure.systemId, procedure: procedure.id },
            data: { version: procedure.version },
            atMs: ask.nowMs,
          })
          await chaseSystem(tx, deps, procedure.systemId, ask.nowMs)
        })
        return {
          data: null,
          location: `/systems/${procedure.systemId}`,
          flash: 'Noted: you know the procedure and will keep to it.',
        }
      },
    }),
  ]
}
