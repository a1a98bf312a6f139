/** The one way into a deployment: find it, lock it, ask the policy, act, evaluate — all in one transaction. */
import type { Decision, Reason, Result } from '#base/base.ts'
import { inTransaction, type Query, type Tx } from '#engine/engine.ts'
import {
  type Action,
  decide,
  type Facts,
  type Pack,
  type Principal,
  principalAt as principalIn,
} from '#policy/policy.ts'
import type { Site } from '#register/register.ts'
import type { Answer, Person } from '#web/web.ts'
import { evaluate, type Standing, standingOf } from './evaluate.ts'
import { factsMark } from './facts.ts'
import type { Deployment } from './model.ts'
import type { AuthorisationDeps } from './parts.ts'
import { lockDeployment } from './store.ts'
import { inTurn } from './turns.ts'

export const reason = (code: string, message: string, clause: string | null = null): Reason => ({
  code,
  message,
  clause,
})
export const no = (...reasons: readonly Reason[]) => ({ ok: false as const, reasons })
export const yes = <T>(value: T) => ({ ok: true as const, value })

/** The policy's own no: 403, where a fault in what was typed is 422. */
export const denied = (reasons: readonly Reason[]) => ({
  ok: false as const,
  reasons,
  forbidden: true as const,
})

/** Nobody learns that a deployment exists which they may not see. */
export const notHere = no(reason('not-found', 'There is no such deployment, or you may not see it.'))

/** A site, or a place that will be one: only its area is known then. */
type At = Pick<Site, 'area' | 'id' | 'patchId'> | { readonly area: string | null }

/**
 * Somebody at the place of a deployment, by all that a reach may name: area, patch and site. `personIds`: whose asking
 * or writing is decided on.
 */
export const principalAt = (
  person: Person,
  provider: string,
  site: At,
  on: { readonly personIds?: readonly string[]; readonly role?: string } = {},
): Principal =>
  principalIn(
    person,
    {
      provider,
      area: site.area,
      patch: 'id' in site ? site.patchId : null,
      siteId: 'id' in site ? site.id : null,
      personIds: on.personIds ?? [],
    },
    on.role,
  )

export function ask<A extends Action>(
  pack: Pack,
  person: Person,
  standing: Pick<Standing, 'file'>,
  action: A,
  context: Facts[A],
): Decision {
  const { deployment, site } = standing.file
  return decide(pack, {
    principal: principalAt(person, deployment.provider, site, {
      personIds: ['proposedBy', 'askedBy', 'author'].flatMap(
        (name) => (context as { readonly [name: string]: string | undefined })[name] ?? [],
      ),
      ...('role' in context ? { role: context.role } : {}),
    }),
    action,
    resource: { type: 'Deployment', id: deployment.id },
    context,
  } as Parameters<typeof decide>[1])
}

/** The standing of a deployment that this person may see, else null. */
export async function seen(
  sql: Query,
  deps: AuthorisationDeps,
  person: Person,
  id: string,
): Promise<Standing | null> {
  const standing = await standingOf(sql, deps, id, deps.clock.nowMs())
  return standing !== null && ask(standing.pack, person, standing, 'deployment.view', {}).allowed
    ? standing
    : null
}

/** What somebody does to a deployment. `mark`: of the facts on the page they decided on; null where it doesn't matter. */
export type Doing<T> = {
  readonly deps: AuthorisationDeps
  readonly person: Person
  readonly deploymentId: string
  readonly mark?: string | null
  /** Only this step may be done to a deployment that has ended. */
  readonly afterEnd?: true
  /** Seen by nobody but those with the view right; stop alone asks for less. */
  readonly sight?: (standing: Standing) => boolean
  work(tx: Tx, standing: Standing, nowMs: number): Promise<Result<T>>
}

/** Who takes which step on which deployment. */
export type By = {
  readonly deps: AuthorisationDeps
  readonly person: Person
  readonly deploymentId: string
}

/** What a ledger entry about a deployment names. */
export const aboutOf = ({ file: { deployment: d } }: Pick<Standing, 'file'>) => ({
  deployment: d.id,
  camera: d.cameraId,
  system: d.systemId,
})

/**
 * Runs one step under the deployment's lock. A refusal rolls back whatever the step wrote. Afterwards the facts are
 * evaluated in the same transaction, so when the last gate closes the mandate is signed with it.
 */
export async function act<T>(doing: Doing<T>): Promise<Result<T>> {
  const { deps, person } = doing
  try {
    return await inTurn(deps.sql, () =>
      inTransaction(deps.sql, async (tx) => {
        const deployment = await lockDeployment(tx, doing.deploymentId)
        if (deployment === null) return notHere
        const nowMs = deps.clock.nowMs()
        const standing = (await standingOf(tx, deps, deployment.id, nowMs))!
        const sees =
          doing.sight?.(standing) ?? ask(standing.pack, person, standing, 'deployment.view', {}).allowed
        if (!sees) return notHere
        if (deployment.ended !== null && doing.afterEnd !== true) return no(overReason(deployment))
        if (doing.mark !== undefined && doing.mark !== null && doing.mark !== factsMark(standing.file))
          return no(
            reason(
              'facts-changed',
              'Something changed since you opened this page. Read what it says now, then decide again.',
            ),
          )
        const result = await doing.work(tx, standing, nowMs)
        if (!result.ok) throw new Refused(result)
        await evaluate(tx, deps, deployment.id, person.id)
        return result
      }),
    )
  } catch (error) {
    if (error instanceof Refused) return error.result
    throw error
  }
}

type Refusal = { readonly ok: false; readonly reasons: readonly Reason[] }

/** Carries a refusal out of a transaction so that it rolls back. */
class Refused extends Error {
  readonly result: Refusal
  constructor(result: Refusal) {
    super('refused')
    this.result = result
  }
}

const overReason = (d: Deployment): Reason =>
  reason('ended', `${d.reference} has ended, so nothing more can be decided about it. Make a new proposal.`)

/** A refusal as an answer: each reason stands beside its field when the form has one of its name. */
export function refusalAnswer(result: Refusal, formFields: readonly string[] = []): Answer {
  if (result.reasons[0]?.code === 'not-found') return { notFound: result.reasons[0].message }
  const refusal = result.reasons.map((r) =>
    formFields.includes(fieldOf(r.code))
      ? { field: fieldOf(r.code), message: r.message, clause: r.clause }
      : r,
  ) as readonly Reason[]
  return 'forbidden' in result ? { refusal, forbidden: true } : { refusal }
}

/** Rules of the policy that speak about one field of the proposal. */
const fieldOf = (code: string): string => fieldOfRule[code] ?? code
const fieldOfRule: Readonly<Record<string, string>> = {
  'propose-purposes': 'purposes',
  'propose-basis': 'lawfulBasis',
  'propose-reason': 'reason',
  'propose-technology': 'technologies',
  'withdraw-reason': 'reason',
}
