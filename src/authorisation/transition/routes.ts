/** The rows of cameras taken over from an older system. */
import { z } from 'zod'
import { civilDay, isId } from '#base/base.ts'
import { inSentence, transitionRules } from '#policy/policy.ts'
import { reachOf, takenOver } from '#register/register.ts'
import { fields, marks, type Page, type Person, type Route, route, type View } from '#web/web.ts'
import { refusalAnswer, seen } from '../asking.ts'
import { missing, ofDeployment } from '../deployment-rows.ts'
import { type Standing, standingsOf } from '../evaluate.ts'
import { mayOf } from '../pages/standing-words.ts'
import { namesOf, placeTitle } from '../pages/words.ts'
import type { AuthorisationDeps } from '../parts.ts'
import { deploymentsById } from '../store.ts'
import { hindrance, lacks, neverAllowed, spanInForce } from './keep-going.ts'
import { type TransitionLine, transitionPage, transitionsPage } from './pages.ts'
import { decideTransition, lastDayPossible, mayDecide, probeTakenOver } from './steps.ts'
import { firstDayOf, openTransitions } from './store.ts'

const answerFields = {
  reason: fields.text('why', 4000),
  untilDay: z.preprocess(
    (v) => (v === '' || v === undefined ? null : v),
    fields.day('the last day').nullable(),
  ),
}
const shownMax = 200

export function transitionRoutes(deps: AuthorisationDeps): Route[] {
  const standingFor = async (person: Person, id: string): Promise<Standing | null> => {
    const standing = isId(id) ? await seen(deps.sql, deps, person, id) : null
    return standing?.file.transition ? standing : null
  }
  const onePage = async (view: View, standing: Standing, person: Person): Promise<Page> => {
    const { file, pack } = standing
    const nowMs = deps.clock.nowMs()
    const before = await takenOver(deps.sql, file.camera.id)
    return transitionPage(view, standing, {
      may: mayOf(standing, person),
      name: await namesOf(deps, [file.transition!.askedBy, file.transition!.decision?.by]),
      nowMs,
      mayDecide: mayDecide(person, standing),
      lastDay: lastDayPossible(
        await firstDayOf(deps.sql, file.camera.id),
        civilDay(nowMs, file.deployment.timeZone),
        transitionRules(pack).daysMax.value,
      ),
      before: before === null ? null : { daysKept: before.daysKept, sign: before.sign !== null },
    })
  }
  const listed = async (person: Person): Promise<{ lines: TransitionLine[]; cut: boolean }> => {
    const reach = reachOf(person, 'deployment.view', deps.packs)
    const found = await openTransitions(deps.sql, reach, shownMax + 1)
    const nowMs = deps.clock.nowMs()
    const deployments = await deploymentsById(deps.sql, found.slice(0, shownMax))
    const standings = await standingsOf(deps.sql, deps, deployments, nowMs)
    return { lines: standings.map((s) => lineOf(s, person, nowMs)), cut: found.length > shownMax }
  }
  const listPage = async (view: View, person: Person): Promise<Page> => {
    const today = civilDay(deps.clock.nowMs(), 'Europe/London')
    return transitionsPage(view, { ...(await listed(person)), lastDay: lastDayPossible(null, today, 90)! })
  }

  return [
    route({
      method: 'GET',
      path: '/transitions',
      permission: 'deployment.view',
      ledger: { none: 'looking at deployments shows no picture of anybody' },
      api: { summary: 'Cameras on their way from an older system, and what each lacks' },
      async handler(ask) {
        const page = await listPage(ask.view, ask.person!)
        return { data: (await listed(ask.person!)).lines, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/transitions',
      permission: 'deployment.view',
      ledger: 'transition.allowed',
      input: z.object({
        deployments: fields.codes('at least one camera', { min: 1, max: shownMax }),
        ...answerFields,
      }),
      form: (ask) => listPage(ask.view, ask.person!),
      api: { summary: 'Let several cameras of an older system go on' },
      async handler(ask) {
        const refused: string[] = []
        let done = 0
        for (const deploymentId of ask.input.deployments) {
          const standing = await standingFor(ask.person!, deploymentId)
          if (standing === null) continue
          const { reason, untilDay } = ask.input
          const result = await decideTransition({
            deps,
            person: ask.person!,
            deploymentId,
            outcome: 'allowed',
            reason,
            untilDay,
          })
          if (result.ok) {
            done += 1
            tryLater(deps, deploymentId)
          } else refused.push(`${standing.file.deployment.reference}: ${result.reasons[0]!.message}`)
        }
        if (done === 0)
          return {
            refusal: (refused.length > 0 ? refused : ['Choose at least one camera']).map((message) => ({
              field: null,
              message,
            })),
            again: (view) => listPage(view, ask.person!),
          }
        return {
          data: { allowed: done, refused },
          location: '/transitions',
          flash:
            refused.length === 0
              ? `${done === 1 ? 'One camera goes' : `${done} cameras go`} on for now.`
              : `${done} of ${done + refused.length} go on for now. Refused: ${refused.slice(0, 3).join(' ')}`,
        }
      },
    }),
    route({
      method: 'GET',
      path: '/deployments/:id/transition',
      permission: 'deployment.view',
      ledger: { none: 'looking at a deployment shows no picture of anybody' },
      input: z.object(ofDeployment),
      async handler(ask) {
        const standing = await standingFor(ask.person!, ask.input.id)
        if (standing === null) return missing
        const page = await onePage(ask.view, standing, ask.person!)
        return { data: standing.file.transition, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/deployments/:id/transition',
      permission: 'deployment.view',
      ledger: 'transition.allowed',
      input: z.object({
        ...ofDeployment,
        outcome: fields.choice('whether it may go on', ['allowed', 'refused', 'withdrawn']),
        ...answerFields,
      }),
      form: async (ask) => {
        const standing = await standingFor(ask.person!, String(ask.input['id']))
        return standing === null
          ? {
              title: 'Not found',
              body: marks.heading({ title: 'There is no such deployment, or you may not see it' }),
            }
          : onePage(ask.view, standing, ask.person!)
      },
      api: { summary: 'Decide whether a camera of an older system may go on for now' },
      async handler(ask) {
        const { id, outcome, reason, untilDay } = ask.input
        if ((await standingFor(ask.person!, id)) === null) return missing
        const result = await decideTransition({
          deps,
          person: ask.person!,
          deploymentId: id,
          outcome,
          reason,
          untilDay,
        })
        if (!result.ok) return refusalAnswer(result, ['outcome', 'reason', 'untilDay'])
        if (outcome === 'allowed') tryLater(deps, id)
        return {
          data: result.value,
          location: `/deployments/${id}`,
          flash: outcome === 'allowed' ? 'It may go on for now.' : 'Recorded. It records nothing.',
        }
      },
    }),
  ]
}

/** The recorder takes up to 15 s to try an address; nobody waits for it. What fails is tried by hand on its page. */
function tryLater(deps: AuthorisationDeps, deploymentId: string): void {
  probeTakenOver(deps, deploymentId).catch((error: unknown) =>
    deps.log.warn({ deployment: deploymentId, why: String(error) }, 'a camera taken over could not be tried'),
  )
}

function lineOf(standing: Standing, person: Person, nowMs: number): TransitionLine {
  const { file } = standing
  const { deployment: d, transition } = file
  const going = spanInForce(standing, nowMs) !== null
  const waiting = transition!.decision === null && neverAllowed(standing) === null
  const recording = file.mandates.some((m) => m.class === 'transitional' && m.ended === null)
  return {
    id: d.id,
    reference: d.reference,
    title: placeTitle(file),
    state: waiting ? 'waiting' : going ? 'attention' : 'stopped',
    words: waiting
      ? 'Waits for a decision'
      : recording
        ? 'Goes on for now'
        : going
          ? `Allowed, not recorded: ${hindrance(standing, nowMs) ?? 'it begins in a moment'}`
          : 'Records nothing',
    lacks: lacks(standing).map((gate) => inSentence(gate.label)),
    mayDecide: mayDecide(person, standing),
    waiting,
  }
}
