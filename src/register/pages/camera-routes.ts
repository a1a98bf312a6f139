/** Cameras as the register has them. How one is connected and whether it may record stands elsewhere. */
import { z } from 'zod'
import { inTransaction, publish } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { fields, type Route, route } from '#web/web.ts'
import { updateCamera } from '../camera-store.ts'
import { cameraForm } from './camera-pages.ts'
import { cameraFor, changed, gone, looking, noCamera, type RegisterDeps } from './parts.ts'

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
        const done = await inTransaction(sql, async (tx) => {
          const written = await updateCamera(tx, {
            id,
            version,
            label,
            position,
            model: ask.input.model ?? '',
            serial: ask.input.serial ?? '',
          })
          if (!written) return false
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
          return true
        })
        return done
          ? { data: { id }, location: `/cameras/${id}`, flash: 'The camera is changed.' }
          : { refusal: changed }
      },
    }),
  ]
}
