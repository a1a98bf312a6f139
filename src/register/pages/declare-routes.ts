import { z } from 'zod'
import { civilDay } from '#base/base.ts'
import { closeTask } from '#casework/casework.ts'
import { inTransaction } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { fields, type Page, type Person, type Route, route, type View } from '#web/web.ts'
import {
  findDevice,
  insertDevice,
  listDevices,
  moveDevice,
  recordStep,
  serialTaken,
} from '../device-store.ts'
import { noteChanges } from '../history.ts'
import { reaches, reachOf } from '../reach.ts'
import { declarePage } from './device-pages.ts'
import { nameOf, noDevice, type RegisterDeps } from './parts.ts'

const withId = z.object({ id: fields.id('a device') })

/** Staff's own dash cams: declared by themselves, for a time, under a policy that lets them (Progress 4.2.32). */
export function declareRoutes(deps: RegisterDeps): Route[] {
  const { sql, packs } = deps
  const landlordsOf = (person: Person) =>
    [...new Set(person.roles.map((held) => held.provider))].flatMap((slug) => {
      if (packs.find(slug) === null) return []
      const pack = packs.packOf(slug)
      const rule = pack.values.register.dashCamMonths
      return [{ slug, name: nameOf(packs)(slug), months: rule.value, clause: rule.clause, pack }]
    })
  const page = async (person: Person, view: View): Promise<Page> => {
    const nothing = { everywhere: false, held: [] }
    const { devices } = await listDevices(sql, nothing, {
      text: '',
      kind: 'dash-cam',
      status: null,
      page: 1,
      personId: person.id,
    })
    return declarePage(view, {
      mine: devices.filter((d) => d.owner === 'staff'),
      landlords: landlordsOf(person),
    })
  }
  return [
    route({
      method: 'GET',
      path: '/devices/declare',
      permission: 'task.view',
      ledger: { none: 'what somebody has declared themselves' },
      async handler(ask) {
        const shown = await page(ask.person!, ask.view)
        return { data: null, page: () => shown }
      },
    }),
    route({
      method: 'POST',
      path: '/devices/declare',
      permission: 'task.view',
      ledger: 'device.declared',
      input: z.object({
        provider: fields.code('the landlord'),
        name: fields.text('what it is and in which car', 100),
        make: fields.optionalText('the make', 100),
        model: fields.optionalText('the model', 100),
        serial: fields.optionalText('the serial number', 100),
        hasAudio: fields.tick(),
        keeps: fields.confirmed('Tick that you keep to the policy in working time'),
      }),
      form: (ask) => page(ask.person!, ask.view),
      api: { summary: 'Declare one’s own dash cam that is used at work, or declare it again' },
      async handler(ask) {
        const person = ask.person!
        const { provider, name, hasAudio } = ask.input
        const at = landlordsOf(person).find((one) => one.slug === provider)
        if (at === undefined)
          return { refusal: [{ field: 'provider', message: 'Choose a landlord that you work for' }] }
        if (at.months === false)
          return {
            refusal: [
              {
                field: 'provider',
                message: 'Dash cams of staff may not be used at work here.',
                clause: at.clause,
              },
            ],
          }
        const zone = at.pack.values.provider.timeZone
        const declaredUntil = Temporal.PlainDate.from(civilDay(ask.nowMs, zone))
          .add({ months: at.months })
          .toString()
        const given = {
          make: ask.input.make ?? '',
          model: ask.input.model ?? '',
          serial: ask.input.serial ?? '',
        }
        const by = person.id
        const id = await inTransaction(sql, async (tx) => {
          const { devices } = await listDevices(
            tx,
            { everywhere: false, held: [] },
            { text: '', kind: 'dash-cam', status: 'issued', page: 1, personId: by },
          )
          const same = devices.find(
            (d) =>
              d.owner === 'staff' &&
              d.provider === provider &&
              (given.serial === '' ? d.name === name : d.serial.toLowerCase() === given.serial.toLowerCase()),
          )
          if (same !== undefined) await moveDevice(tx, { ...same, declaredUntil })
          const made =
            same?.id ??
            (await insertDevice(tx, {
              ...given,
              provider,
              kind: 'dash-cam',
              name,
              owner: 'staff',
              hasAudio,
              redeployable: false,
              status: 'issued',
              siteId: null,
              systemId: null,
              cameraId: null,
              holderId: by,
              place: '',
              declaredUntil,
              by,
              nowMs: ask.nowMs,
            }))
          if (made === null) return null
          await recordStep(tx, {
            deviceId: made,
            what: 'declared',
            by,
            holderId: by,
            siteId: null,
            note: '',
            nowMs: ask.nowMs,
          })
          await noteChanges(tx, { what: 'device', id: made, provider, by, atMs: ask.nowMs }, [
            ['Declared until', same?.declaredUntil ?? null, declaredUntil],
          ])
          await append(tx, {
            kind: 'device.declared',
            actor: by,
            provider,
            about: { device: made },
            atMs: ask.nowMs,
          })
          await closeTask(tx, { kind: 'register.declare', about: { device: made }, by, nowMs: ask.nowMs })
          return made
        })
        return id === null
          ? { refusal: [serialTaken] }
          : { data: { id }, created: true, location: '/devices/declare', flash: 'It is declared.' }
      },
    }),
    route({
      method: 'POST',
      path: '/devices/:id/withdraw',
      permission: 'task.view',
      ledger: 'device.moved',
      input: withId,
      api: { summary: 'Say that a declared dash cam is no longer used at work' },
      async handler(ask) {
        const person = ask.person!
        const device = await findDevice(sql, ask.input.id)
        const mine = device?.holderId === person.id
        if (
          device === null ||
          device.owner !== 'staff' ||
          !(mine || reaches(reachOf(person, 'register.edit', packs), device.provider, device.area, device))
        )
          return noDevice
        await inTransaction(sql, async (tx) => {
          if (device.status === 'retired') return
          const by = person.id
          await moveDevice(tx, { ...device, status: 'retired' })
          await recordStep(tx, {
            deviceId: device.id,
            what: 'retired',
            by,
            holderId: null,
            siteId: null,
            note: '',
            nowMs: ask.nowMs,
          })
          await append(tx, {
            kind: 'device.moved',
            actor: by,
            provider: device.provider,
            about: { device: device.id },
            data: { move: 'retire' },
            atMs: ask.nowMs,
          })
          await closeTask(tx, {
            kind: 'register.declare',
            about: { device: device.id },
            by,
            nowMs: ask.nowMs,
          })
        })
        return { data: null, location: '/devices/declare', flash: 'Noted: it is no longer used at work.' }
      },
    }),
  ]
}
