/** The rows of sound: under the deployment whose camera it is. */
import { z } from 'zod'
import { fields, type Page, type Person, type Route, route, type View } from '#web/web.ts'
import { principalAt, seen } from './asking.ts'
import { again as againOf, at, by as byOf, done, missing, ofDeployment, withId } from './deployment-rows.ts'
import type { Standing } from './evaluate.ts'
import { soundPage, soundWords } from './pages/sound-page.ts'
import { mayOf } from './pages/standing-words.ts'
import { namesOf } from './pages/words.ts'
import type { AuthorisationDeps } from './parts.ts'
import { askSound, decideSound, endSound, soundSchema } from './sound.ts'

export function soundRoutes(deps: AuthorisationDeps): Route[] {
  const show = async (view: View, standing: Standing, person: Person): Promise<Page> => {
    const { sound, deployment: d, site } = standing.file
    const { roles } = principalAt(person, d.provider, site)
    return soundPage(view, standing, {
      may: mayOf(standing, person),
      nowMs: deps.clock.nowMs(),
      name: await namesOf(deps, [
        sound?.askedBy,
        sound?.ended?.by,
        ...(sound?.decisions.map((one) => one.by) ?? []),
      ]),
      deciderRoles: standing.pack.values.sound.approvals
        .map((a) => a.role)
        .filter((role) => roles.includes(role)),
    })
  }
  const again = againOf(deps, show)
  const by = byOf(deps)
  const home = (ask: { input: { id: string } }) => at(ask, '/sound')
  const path = '/deployments/:id/sound'
  return [
    route({
      method: 'GET',
      path,
      permission: 'deployment.view',
      ledger: { none: 'looking at who agreed to sound plays no sound' },
      input: withId,
      api: { summary: 'Sound at a camera: asked for, agreed, until when' },
      async handler(ask) {
        const standing = await seen(deps.sql, deps, ask.person!, ask.input.id)
        if (!standing) return missing
        const page = await show(ask.view, standing, ask.person!)
        const words = soundWords(standing, deps.clock.nowMs())
        return { data: { words, sound: standing.file.sound }, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: `${path}/ask`,
      permission: 'deployment.propose',
      ledger: 'sound.asked',
      input: soundSchema.extend(ofDeployment),
      form: again,
      api: { summary: 'Ask for sound, with a reason and an end' },
      async handler(ask) {
        const { purposes, reason, untilDay } = ask.input
        const result = await askSound({ ...by(ask), purposes, reason, untilDay })
        return done(result, home(ask), 'Sound is asked for. It is off until everybody has agreed.', [
          'purposes',
          'reason',
          'untilDay',
        ])
      },
    }),
    route({
      method: 'POST',
      path: `${path}/decide`,
      permission: 'sound.decide',
      ledger: 'sound.approved',
      input: z.object({
        ...ofDeployment,
        role: fields.code('the role in which you decide'),
        decision: fields.choice('your decision', ['approve', 'refuse']),
        reason: fields.text('your reasons', 4000),
      }),
      form: again,
      api: { summary: 'Agree to sound or refuse it' },
      async handler(ask) {
        const { role, decision, reason } = ask.input
        const result = await decideSound({ ...by(ask), role, decision, reason })
        return done(
          result,
          home(ask),
          decision === 'approve' ? 'You have agreed to sound.' : 'You have refused sound.',
          ['reason'],
        )
      },
    }),
    route({
      method: 'POST',
      path: `${path}/end`,
      permission: 'deployment.view',
      ledger: 'sound.ended',
      input: withId,
      form: again,
      api: { summary: 'End sound at once; the camera goes on without' },
      async handler(ask) {
        return done(await endSound(by(ask)), home(ask), 'Sound has ended.')
      },
    }),
  ]
}
