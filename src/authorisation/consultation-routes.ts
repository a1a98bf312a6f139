/** The rows of a consultation: under the deployment that it is about. */
import { z } from 'zod'
import { fields, type Page, type Person, type Route, route, type View } from '#web/web.ts'
import { principalAt, seen } from './asking.ts'
import {
  answerSchema,
  callOffConsultation,
  chargeLine,
  consultationSchema,
  eraseFromConsultation,
  handChargeOver,
  openConsultation,
  recordAnswer,
  recordNewBuild,
  stateResult,
} from './consultation.ts'
import { answersOf } from './consultation-store.ts'
import { again as againOf, at, by as byOf, done, missing, ofDeployment, withId } from './deployment-rows.ts'
import type { Standing } from './evaluate.ts'
import { consultationPage } from './pages/consultation-page.ts'
import { mayOf } from './pages/standing-words.ts'
import { namesOf } from './pages/words.ts'
import type { AuthorisationDeps } from './parts.ts'

export function consultationRoutes(deps: AuthorisationDeps): Route[] {
  const show = async (view: View, standing: Standing, person: Person): Promise<Page> => {
    const { consultation, newBuild, deployment: d, site } = standing.file
    const answers = consultation === null ? [] : await answersOf(deps.sql, consultation.id)
    const { roles } = principalAt(person, d.provider, site)
    return consultationPage(view, standing, {
      may: mayOf(standing, person),
      nowMs: deps.clock.nowMs(),
      name: await namesOf(deps, [consultation?.openedBy, consultation?.result?.by, newBuild?.recordedBy]),
      answers,
      deciderRoles: standing.pack.values.consultation.resultBy.value.filter((role) => roles.includes(role)),
    })
  }
  const again = againOf(deps, show)
  const by = byOf(deps)
  const home = (ask: { input: { id: string } }) => at(ask, '/consultation')
  const path = '/deployments/:id/consultation'

  return [
    route({
      method: 'GET',
      path,
      permission: 'deployment.view',
      ledger: { none: 'looking at a consultation shows no picture of anybody' },
      input: withId,
      api: { summary: 'The consultation of those who would pay for a camera' },
      async handler(ask) {
        const standing = await seen(deps.sql, deps, ask.person!, ask.input.id)
        if (!standing) return missing
        const page = await show(ask.view, standing, ask.person!)
        const { consultation, newBuild } = standing.file
        // Whom it was sent to is personal, and no program needs it.
        const { contacts: _contacts, ...rest } = consultation ?? { contacts: null }
        return { data: { consultation: consultation === null ? null : rest, newBuild }, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: `${path}/open`,
      permission: 'consultation.run',
      ledger: 'consultation.opened',
      input: consultationSchema.extend(ofDeployment),
      form: again,
      api: { summary: 'Open a consultation (`questions`: a list; `yearlyCost` in pounds)' },
      async handler(ask) {
        const { id: _id, ...given } = ask.input
        const result = await openConsultation({ ...by(ask), ...given })
        return done(result, home(ask), 'The consultation is open.', Object.keys(consultationSchema.shape))
      },
    }),
    route({
      method: 'POST',
      path: `${path}/answers`,
      permission: 'consultation.run',
      ledger: 'consultation.answered',
      input: answerSchema.extend(ofDeployment),
      form: again,
      api: { summary: 'Record an answer' },
      async handler(ask) {
        const { id: _id, ...given } = ask.input
        const result = await recordAnswer({ ...by(ask), ...given })
        return done(result, home(ask), 'The answer is recorded.', Object.keys(answerSchema.shape))
      },
    }),
    route({
      method: 'POST',
      path: `${path}/answers/:answer/erase`,
      permission: 'consultation.run',
      ledger: 'consultation.answer-erased',
      input: withId.extend({ answer: fields.id('an answer') }),
      form: again,
      async handler(ask) {
        const result = await eraseFromConsultation({ ...by(ask), answerId: ask.input.answer })
        return done(
          result,
          home(ask),
          'Who answered and in what words is erased. That there was an answer stays.',
        )
      },
    }),
    route({
      method: 'POST',
      path: `${path}/contacts/erase`,
      permission: 'consultation.run',
      ledger: 'consultation.contacts-erased',
      input: withId,
      form: again,
      async handler(ask) {
        const result = await eraseFromConsultation({ ...by(ask), answerId: null })
        return done(result, home(ask), 'Whom it was sent to is erased.')
      },
    }),
    route({
      method: 'POST',
      path: `${path}/call-off`,
      permission: 'consultation.run',
      ledger: 'consultation.called-off',
      input: withId,
      form: again,
      api: { summary: 'Call a consultation off before its result' },
      async handler(ask) {
        return done(await callOffConsultation(by(ask)), home(ask), 'The consultation is called off.')
      },
    }),
    route({
      method: 'POST',
      path: `${path}/result`,
      permission: 'consultation.decide',
      ledger: 'consultation.stated',
      input: z.object({
        ...ofDeployment,
        role: fields.code('the role in which you decide'),
        outcome: fields.choice('the result', ['go-ahead', 'no']),
        reason: fields.text('why this is the result', 4000),
        for: fields.whole('how many are for it', 0, 100_000),
        against: fields.whole('how many are against it', 0, 100_000),
        comment: fields.whole('how many commented', 0, 100_000),
      }),
      form: again,
      api: { summary: 'State the result after the last day, with the counts that you saw' },
      async handler(ask) {
        const { role, outcome, reason, comment } = ask.input
        const counts = { for: ask.input.for, against: ask.input.against, comment }
        const result = await stateResult({ ...by(ask), role, outcome, reason, counts })
        return done(result, home(ask), 'The result is recorded.', ['reason'])
      },
    }),
    route({
      method: 'POST',
      path: `${path}/new-build`,
      permission: 'consultation.run',
      ledger: 'consultation.new-build',
      input: z.object({
        ...ofDeployment,
        design: fields.text('where the design has this camera', 1000),
        firstTenancyDay: fields.day('the day of the first tenancy'),
      }),
      form: again,
      api: { summary: 'Record that nobody lives there yet' },
      async handler(ask) {
        const { design, firstTenancyDay } = ask.input
        const result = await recordNewBuild({ ...by(ask), design, firstTenancyDay })
        return done(result, home(ask), 'Recorded: nobody lives there yet.', ['design', 'firstTenancyDay'])
      },
    }),
    route({
      method: 'GET',
      path: `${path}/charge.csv`,
      permission: 'consultation.run',
      ledger: { none: 'a charge names addresses and sums, no person; that finance has it is recorded' },
      input: withId,
      async handler(ask) {
        const standing = await seen(deps.sql, deps, ask.person!, ask.input.id)
        const line = standing && mayOf(standing, ask.person!).consult ? chargeLine(standing) : null
        if (line === null) return { notFound: 'There is no charge to hand over.' }
        const name = `charge-${standing!.file.deployment.reference}.csv`
        return {
          file: {
            mime: 'text/csv; charset=utf-8',
            body: Buffer.from(line, 'utf8'),
            headers: {
              'content-disposition': `attachment; filename="${name}"`,
              'cache-control': 'private, no-store',
            },
          },
        }
      },
    }),
    route({
      method: 'POST',
      path: `${path}/charge`,
      permission: 'consultation.run',
      ledger: 'consultation.charge-handed',
      input: withId,
      form: again,
      api: { summary: 'Finance has the charge' },
      async handler(ask) {
        return done(await handChargeOver(by(ask)), home(ask), 'Recorded: finance has it.')
      },
    }),
  ]
}
