/** Systems as the register has them. */
import { z } from 'zod'
import { inTransaction } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { fields, type Route, route } from '#web/web.ts'
import { findSystem, setManager } from '../system-store.ts'
import { noPlace, type RegisterDeps, siteFor } from './parts.ts'

export function systemRoutes(deps: RegisterDeps): Route[] {
  const { sql } = deps
  return [
    route({
      method: 'POST',
      path: '/systems/:id/manager',
      permission: 'register.edit',
      ledger: 'system.manager-named',
      input: z.object({ id: fields.id('a system'), managerId: fields.id('who answers for it') }),
      api: { summary: 'Name who answers for a system' },
      async handler(ask) {
        const system = await findSystem(sql, ask.input.id)
        const site = system ? await siteFor(deps, ask.person!, system.siteId, 'register.edit') : null
        if (!system || !site) return noPlace
        if (!(await deps.staffOf(system.provider)).some((p) => p.id === ask.input.managerId))
          return { refusal: [{ field: 'managerId', message: 'Choose somebody who works for this landlord' }] }
        await inTransaction(sql, async (tx) => {
          await setManager(tx, system.id, ask.input.managerId)
          await append(tx, {
            kind: 'system.manager-named',
            actor: ask.person!.id,
            provider: system.provider,
            about: { system: system.id, person: ask.input.managerId },
            atMs: ask.nowMs,
          })
        })
        return { data: null, location: `/sites/${site.id}`, flash: 'Saved.' }
      },
    }),
  ]
}
