/** Cameras as the register has them. How one is connected and whether it may record stands elsewhere. */
import { z } from 'zod'
import { inTransaction, publish } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { fields, type Route, route } from '#web/web.ts'
import { type Camera, lockCamera, updateCamera } from '../camera-store.ts'
import { chaseSystem } from '../chase.ts'
import { differences, noteChanges } from '../history.ts'
import { cameraForm } from './camera-pages.ts'
import { cameraFor, changedMeanwhile, gone, looking, noCamera, type RegisterDeps } from './parts.ts'

const cameraLabels: readonly (readonly [string, (camera: Camera) => string | null])[] = [
  ['Name', (camera) => camera.label],
  ['Where it hangs and what it looks at', (camera) => camera.position],
  ['Make and model', (camera) => camera.model],
  ['Serial number', (camera) => camera.serial],
]

export function cameraRoutes(deps: RegisterDeps): Route[] {
  const { sql } = deps
  return [
    route({
      method: 'GET',
      path: '/cameras/:id/edit',
      permission: 'register.edit',
      ledger: looking,
      input: z.object({ id: fields.id('a camera') }),
      async handler(ask) {
        const camera = await cameraFor(deps, ask.person!, ask.input.id, 'register.edit')
        return camera ? { data: camera, page: () => cameraForm(ask.view, camera) } : noCamera
      },
    }),
    route({
      method: 'POST',
      path: '/cameras/:id/edit',
      permission: 'register.edit',
      ledger: 'camera.changed',
      input: z.object({
        id: fields.id('a camera'),
        version: fields.whole('the version', 1, 1e9),
        label: fields.text('a name for the camera', 100),
        position: fields.text('where it hangs and what it looks at', 1000),
        model: fields.optionalText('the model', 200),
        serial: fields.optionalText('the serial number', 200),
      }),
      form: async (ask) => {
        const camera = await cameraFor(deps, ask.person!, String(ask.input['id']), 'register.edit')
        return camera ? cameraForm(ask.view, camera) : gone('There is no such camera')
      },
      api: { summary: 'Change what the register says of a camera' },
      async handler(ask) {
        const camera = await cameraFor(deps, ask.person!, ask.input.id, 'register.edit')
        if (!camera) return noCamera
        const { id, version, label, position } = ask.input
        const moved = position !== camera.position
        const typed = {
          id,
          version,
          label,
          position,
          model: ask.input.model ?? '',
          serial: ask.input.serial ?? '',
        }
        const other = await inTransaction(sql, async (tx) => {
          const before = (await lockCamera(tx, id))!
          if (!(await updateCamera(tx, typed)))
            return differences({ ...before, ...typed }, before, cameraLabels)
          await noteChanges(
            tx,
            { what: 'camera', id, provider: camera.provider, by: ask.person!.id, atMs: ask.nowMs },
            differences(before, { ...before, ...typed }, cameraLabels),
          )
          await append(tx, {
            kind: 'camera.changed',
            actor: ask.person!.id,
            provider: camera.provider,
            about: { camera: id, system: camera.systemId },
            data: { moved },
            atMs: ask.nowMs,
          })
          // What it stood on may be gone: authorisation looks at once.
          if (moved) await publish(tx, 'camera.moved', { camera: id }, { key: id })
          if (moved) await chaseSystem(tx, deps, camera.systemId, ask.nowMs)
          return null
        })
        return other === null
          ? { data: { id }, location: `/cameras/${id}`, flash: 'The camera is changed.' }
          : { refusal: changedMeanwhile(other) }
      },
    }),
  ]
}
