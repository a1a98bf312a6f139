/** Equipment of every kind: added, given out, put in, wiped and retired, with where it has been. */
import { z } from 'zod'
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
import { areaOf, chaseSystem, chaseWipe } from '../chase.ts'
import { afterMove, kindBar, type Move, moveBar, moves } from '../device-moves.ts'
import {
  type Device,
  type DeviceStepKind,
  deviceKinds,
  deviceLabels,
  deviceStatuses,
  findDevice,
  insertDevice,
  listDevices,
  moveDevice,
  recordStep,
  serialTaken,
  stepsOf,
  updateDevice,
} from '../device-store.ts'
import { differences, noteChanges } from '../history.ts'
import { providersIn, reaches, reachOf } from '../reach.ts'
import { findSite, sitesToChoose } from '../site-store.ts'
import { deviceForm, devicePage, devicesPage } from './device-pages.ts'
import {
  changedMeanwhile,
  gone,
  looking,
  mayEditSomething,
  namesOf,
  noDevice,
  pageNumber,
  type RegisterAction,
  type RegisterDeps,
  searchText,
  siteFor,
  systemFor,
} from './parts.ts'

const withId = z.object({ id: fields.id('a device') })
const deviceFields = z.object({
  name: fields.text('what people call it', 100),
  make: fields.optionalText('the make', 100),
  model: fields.optionalText('the model', 100),
  serial: fields.optionalText('the serial number', 100),
  hasAudio: fields.tick(),
  redeployable: fields.tick(),
  place: fields.optionalText('where exactly it is', 300),
})

const stepOf: Readonly<Record<Move, DeviceStepKind>> = {
  issue: 'issued',
  return: 'returned',
  install: 'installed',
  repair: 'repair',
  wipe: 'wiped',
  retire: 'retired',
}

export function deviceRoutes(deps: RegisterDeps): Route[] {
  const { sql, packs } = deps
  const deviceFor = async (person: Person, id: string, action: RegisterAction): Promise<Device | null> => {
    const device = await findDevice(sql, id)
    if (device === null) return null
    const mine = action === 'register.view' && device.holderId === person.id
    return mine || reaches(reachOf(person, action, packs), device.provider, device.area, device)
      ? device
      : null
  }
  /** Places for a choice, and the one in question. */
  const sitesFor = async (person: Person, also: string | null) => {
    const found = await sitesToChoose(sql, reachOf(person, 'register.edit', packs))
    const site = also === null || found.some((one) => one.id === also) ? null : await findSite(sql, also)
    return [...(site === null ? [] : [site]), ...found].map(({ id, name }) => ({ id, title: name }))
  }
  const show = async (person: Person, id: string, view: View) => {
    const device = await deviceFor(person, id, 'register.view')
    if (device === null) return null
    const steps = await stepsOf(sql, id)
    const mayEdit = (await deviceFor(person, id, 'register.edit')) !== null
    const shown = {
      device,
      steps,
      mayEdit,
      isMine: device.holderId === person.id,
      staff: mayEdit ? await deps.staffOf(device.provider) : [],
      sites: mayEdit ? await sitesFor(person, device.siteId) : [],
      timeZone: packs.packOf(device.provider).values.provider.timeZone,
      name: await namesOf(deps, [device.holderId, ...steps.flatMap((step) => [step.by, step.holderId])]),
    }
    return { data: { ...device, steps }, page: () => devicePage(view, shown) }
  }
  const again = async (ask: Ask<Readonly<Record<string, unknown>>>): Promise<Page> =>
    (await show(ask.person!, String(ask.input['id']), ask.view))?.page() ?? gone('There is no such equipment')
  const form = async (
    person: Person,
    view: View,
    device: Device | null,
    systemId: string | null,
  ): Promise<Page> => {
    const found = systemId === null ? null : await systemFor(deps, person, systemId, 'register.edit')
    const system =
      found === null ? null : { id: found.system.id, name: found.system.name, siteId: found.site.id }
    return deviceForm(view, {
      device,
      providers: providersIn(reachOf(person, 'register.edit', packs), packs),
      sites: device === null ? await sitesFor(person, system?.siteId ?? null) : [],
      system,
    })
  }
  const noted = async (
    tx: Tx,
    before: Device | null,
    id: string,
    by: string,
    atMs: number,
    kind: string,
    data: Readonly<Record<string, string>> = {},
  ): Promise<Device> => {
    const after = (await findDevice(tx, id))!
    await noteChanges(
      tx,
      { what: 'device', id, provider: after.provider, by, atMs },
      before === null
        ? deviceLabels
            .map(([label, say]) => [label, null, say(after) || null] as const)
            .filter(([, , said]) => said !== null)
        : differences(before, after, deviceLabels),
    )
    await append(tx, { kind, actor: by, provider: after.provider, about: { device: id }, data, atMs })
    for (const systemId of new Set([before?.systemId, after.systemId]))
      if (systemId) await chaseSystem(tx, deps, systemId, atMs)
    return after
  }

  return [
    route({
      method: 'GET',
      path: '/devices',
      permission: 'register.view',
      ledger: looking,
      input: z.object({
        text: searchText,
        page: pageNumber,
        kind: z.enum(deviceKinds).nullable().catch(null).default(null),
        status: z.enum(deviceStatuses).nullable().catch(null).default(null),
      }),
      api: { summary: 'Equipment, 50 on a page' },
      async handler(ask) {
        const { text, page, kind, status } = ask.input
        const person = ask.person!
        const reach = reachOf(person, 'register.view', packs)
        const { devices, total } = await listDevices(sql, reach, {
          text,
          kind,
          status,
          page,
          personId: person.id,
        })
        const name = await namesOf(
          deps,
          devices.map((device) => device.holderId),
        )
        const mayAdd = mayEditSomething(person, packs)
        return {
          data: devices,
          page: () => devicesPage(devices, { text, kind, status, page, total, mayAdd, name }),
        }
      },
    }),
    route({
      method: 'GET',
      path: '/devices/new',
      permission: 'register.edit',
      ledger: { none: 'an empty form says nothing about anybody' },
      input: z.object({ system: fields.id('a system').nullable().catch(null).default(null) }),
      async handler(ask) {
        const page = await form(ask.person!, ask.view, null, ask.input.system)
        return { data: null, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/devices/new',
      permission: 'register.edit',
      ledger: 'device.added',
      input: deviceFields.extend({
        provider: z.preprocess((v) => v || null, fields.code('the landlord').nullable()),
        kind: fields.choice('what it is', deviceKinds),
        owner: fields.choice('whose property it is', ['landlord', 'supplier']),
        siteId: z.preprocess((v) => v || null, fields.id('a place from the list').nullable()),
        systemId: z.preprocess((v) => v || null, fields.id('a system').nullable()),
      }),
      form: (ask) => {
        const system = ask.input['systemId']
        return form(ask.person!, ask.view, null, typeof system === 'string' && system !== '' ? system : null)
      },
      api: { summary: 'Add equipment' },
      async handler(ask) {
        const { kind, owner, siteId, systemId } = ask.input
        const person = ask.person!
        const site = siteId === null ? null : await siteFor(deps, person, siteId, 'register.edit')
        if (siteId !== null && site === null)
          return { refusal: [{ field: 'siteId', message: 'Choose a place from the list' }] }
        const found = systemId === null ? null : await systemFor(deps, person, systemId, 'register.edit')
        if (systemId !== null && (found === null || found.site.id !== siteId))
          return {
            refusal: [{ field: 'siteId', message: 'The equipment of a system is where the system is' }],
          }
        const reach = reachOf(person, 'register.edit', packs)
        const own = providersIn(reach, packs)
        const provider = site?.provider ?? ask.input.provider ?? (own.length === 1 ? own[0]!.slug : null)
        if (provider === null || !own.some((p) => p.slug === provider))
          return { refusal: [{ field: 'provider', message: 'Choose the landlord' }] }
        if (!reaches(reach, provider, site?.area ?? null))
          return { refusal: [{ field: 'siteId', message: 'Choose a place that your role reaches' }] }
        const bar = kindBar(packs.packOf(provider), kind)
        if (bar !== null) return { refusal: [{ field: 'kind', ...bar }] }
        const by = person.id
        const id = await inTransaction(sql, async (tx) => {
          const made = await insertDevice(tx, {
            provider,
            kind,
            name: ask.input.name,
            make: ask.input.make ?? '',
            model: ask.input.model ?? '',
            serial: ask.input.serial ?? '',
            owner,
            hasAudio: ask.input.hasAudio,
            redeployable: ask.input.redeployable,
            status: siteId === null ? 'store' : 'installed',
            siteId,
            systemId,
            cameraId: null,
            holderId: null,
            place: ask.input.place ?? '',
            declaredUntil: null,
            by,
            nowMs: ask.nowMs,
          })
          if (made === null) return null
          await recordStep(tx, {
            deviceId: made,
            what: 'added',
            by,
            holderId: null,
            siteId,
            note: '',
            nowMs: ask.nowMs,
          })
          await noted(tx, null, made, by, ask.nowMs, 'device.added', { kind })
          return made
        })
        return id === null
          ? { refusal: [serialTaken] }
          : { data: { id }, created: true, location: `/devices/${id}`, flash: 'It is in the register.' }
      },
    }),
    route({
      method: 'GET',
      path: '/devices/:id',
      permission: 'register.view',
      ledger: looking,
      input: withId,
      api: { summary: 'A piece of equipment and where it has been' },
      async handler(ask) {
        return (await show(ask.person!, ask.input.id, ask.view)) ?? noDevice
      },
    }),
    route({
      method: 'GET',
      path: '/devices/:id/edit',
      permission: 'register.edit',
      ledger: looking,
      input: withId,
      async handler(ask) {
        const device = await deviceFor(ask.person!, ask.input.id, 'register.edit')
        if (device === null) return noDevice
        const page = await form(ask.person!, ask.view, device, null)
        return { data: device, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/devices/:id/edit',
      permission: 'register.edit',
      ledger: 'device.changed',
      input: deviceFields.extend({ id: fields.id('a device'), version: fields.whole('the version', 1, 1e9) }),
      form: async (ask) => {
        const device = await deviceFor(ask.person!, String(ask.input['id']), 'register.edit')
        return device === null
          ? gone('There is no such equipment')
          : form(ask.person!, ask.view, device, null)
      },
      api: { summary: 'Change what the register says of a piece of equipment' },
      async handler(ask) {
        const { id, version } = ask.input
        const device = await deviceFor(ask.person!, id, 'register.edit')
        if (device === null) return noDevice
        const typed = {
          ...device,
          version,
          name: ask.input.name,
          make: ask.input.make ?? '',
          model: ask.input.model ?? '',
          serial: ask.input.serial ?? '',
          hasAudio: ask.input.hasAudio,
          redeployable: ask.input.redeployable,
          place: ask.input.place ?? '',
        }
        return inTransaction(sql, async (tx): Promise<Answer> => {
          const before = (await findDevice(tx, id))!
          const outcome = await updateDevice(tx, typed)
          if (outcome === 'taken') return { refusal: [serialTaken] }
          if (outcome === 'stale')
            return { refusal: changedMeanwhile(differences(typed, before, deviceLabels)) }
          await noted(tx, before, id, ask.person!.id, ask.nowMs, 'device.changed')
          return { data: { id }, location: `/devices/${id}`, flash: 'It is changed.' }
        })
      },
    }),
    route({
      method: 'POST',
      path: '/devices/:id/move',
      permission: 'register.edit',
      ledger: 'device.moved',
      input: withId.extend({
        version: fields.whole('the version', 1, 1e9),
        move: fields.choice('what happens to it', moves),
        holderId: z.preprocess((v) => v || null, fields.id('somebody').nullable()),
        siteId: z.preprocess((v) => v || null, fields.id('a place from the list').nullable()),
        place: fields.optionalText('where exactly it is', 300),
        note: fields.optionalText('the note', 500),
      }),
      form: again,
      api: { summary: 'Give equipment out, take it back, put it in, have it repaired, wipe or retire it' },
      async handler(ask) {
        const { id, version, move, place, note } = ask.input
        const device = await deviceFor(ask.person!, id, 'register.edit')
        if (device === null) return noDevice
        if (device.owner === 'staff')
          return {
            refusal: [{ field: 'move', message: 'It is somebody’s own: it is declared, not given out' }],
          }
        const bar = moveBar(device, move)
        if (bar !== null) return { refusal: [{ field: 'move', message: bar }] }
        const holderId = move === 'issue' ? ask.input.holderId : null
        if (move === 'issue' && !(await deps.staffOf(device.provider)).some((p) => p.id === holderId))
          return { refusal: [{ field: 'holderId', message: 'Choose who gets it' }] }
        const siteId = move === 'install' ? ask.input.siteId : null
        const site = siteId === null ? null : await siteFor(deps, ask.person!, siteId, 'register.edit')
        if (move === 'install' && (site === null || site.provider !== device.provider))
          return { refusal: [{ field: 'siteId', message: 'Choose the place' }] }
        const by = ask.person!.id
        return inTransaction(sql, async (tx): Promise<Answer> => {
          const to = afterMove(device, move, { holderId, siteId, systemId: null, place: place ?? '' })
          if (!(await moveDevice(tx, { ...to, id, version })))
            return {
              refusal: changedMeanwhile(differences(device, (await findDevice(tx, id))!, deviceLabels)),
            }
          await recordStep(tx, {
            deviceId: id,
            what: stepOf[move],
            by,
            holderId,
            siteId,
            note: note ?? '',
            nowMs: ask.nowMs,
          })
          const after = await noted(tx, device, id, by, ask.nowMs, 'device.moved', { move })
          await chaseWipe(
            tx,
            packs.packOf(device.provider),
            after,
            await areaOf(tx, device.siteId),
            ask.nowMs,
          )
          return { data: { id }, location: `/devices/${id}`, flash: 'Noted.' }
        })
      },
    }),
  ]
}
