/** What time alone brings about: authority that runs out, days that begin, leases to renew, warnings. */
import { civilDay, story } from '#base/base.ts'
import { openTask } from '#casework/casework.ts'
import { inTransaction, type Jobs, type Listeners, type Tx } from '#engine/engine.ts'
import { rolesFor } from '#policy/policy.ts'
import { placeOf } from '#register/register.ts'
import { warningDue } from './decisions.ts'
import { readDevicesDue } from './device.ts'
import { evaluate, standingOf } from './evaluate.ts'
import { authorityOf } from './lease.ts'
import { forgetOldAddresses } from './letters/letter-steps.ts'
import { findMandate, runOut, setOverrun } from './mandate-store.ts'
import { endMandate } from './mandates.ts'
import type { AuthorisationDeps } from './parts.ts'
import { forgetReferences } from './reference-gone.ts'
import { soundsRunOut } from './sound-store.ts'
import { lockDeployment, openDeploymentIds } from './store.ts'
import { inTurn } from './turns.ts'

/** Looked at in one transaction of the outbox. */
const atOnceMax = 200

/** What this room listens to in the outbox; `main` connects it. */
export function authorisationListeners(deps: AuthorisationDeps): Listeners {
  return {
    // The register changed where a camera hangs or looks: what its mandate stands on is looked at at once.
    'camera.moved': async (payload, tx) => {
      const rows = await tx<{ id: string }[]>`
        select id from authorisation.deployment
        where camera_id = ${String(payload['camera'])} and ended_at is null`
      for (const { id } of rows) {
        await evaluate(tx, deps, id, null)
      }
    },
    // Whom people can ask stands on every sign of the landlord. A large estate's others follow within the hour.
    'signs.contact-set': async (payload, tx) => {
      const rows = await tx<{ id: string }[]>`
        select id from authorisation.deployment
        where provider = ${String(payload['provider'])} and ended_at is null order by id limit ${atOnceMax}`
      for (const { id } of rows) await evaluate(tx, deps, id, null)
    },
  }
}

/** How late the hub's own record of an expiry may be. The recorder stops by itself, to the second, meanwhile. */
const lookSeconds = 5
const beginSeconds = 60
const renewSeconds = 3_600

/** Starts the timed work. */
export function startAuthorisation(deps: AuthorisationDeps & { readonly jobs: Jobs }): void {
  const { jobs } = deps
  jobs.every('authorisation.expire', lookSeconds, () => expireDue(deps))
  jobs.every('authorisation.begin', beginSeconds, () => evaluateAll(deps, 'waiting'))
  jobs.every('authorisation.renew', renewSeconds, () => evaluateAll(deps, 'all'))
  jobs.every('authorisation.forget-references', renewSeconds, () => forgetReferences(deps))
  jobs.every('authorisation.read-devices', renewSeconds, () => readDevicesDue(deps))
  jobs.every(
    'authorisation.forget-addresses',
    renewSeconds,
    async () => void (await forgetOldAddresses(deps)),
  )
}

/** Ends what has run out, at the instant at which it did. */
export async function expireDue(deps: AuthorisationDeps): Promise<void> {
  for (const id of await soundsRunOut(deps.sql, deps.clock.nowMs()))
    await guarded(deps, id, () => inTransaction(deps.sql, (tx) => evaluate(tx, deps, id, null)))
  for (const mandate of await runOut(deps.sql, deps.clock.nowMs())) {
    await guarded(deps, mandate.deploymentId, () =>
      inTransaction(deps.sql, async (tx) => {
        await lockDeployment(tx, mandate.deploymentId)
        const current = await findMandate(tx, mandate.id)
        if (current === null || current.ended !== null) return
        // A commissioning mandate that ran out leaves the deployment as it was: the picture can be asked for again.
        if (current.class === 'commissioning')
          await endMandate(tx, deps, current, { cause: 'expired', atMs: current.untilMs })
        else await evaluate(tx, deps, mandate.deploymentId, null)
      }),
    )
  }
}

/**
 * Looks at open deployments: 'waiting' those without a mandate (their first day may have come), 'all' also renews
 * leases and opens warnings. One that fails doesn't hold up the others.
 */
export async function evaluateAll(deps: AuthorisationDeps, which: 'waiting' | 'all'): Promise<void> {
  const ids =
    which === 'all'
      ? await openDeploymentIds(deps.sql)
      : (
          await deps.sql<{ id: string }[]>`
            select d.id from authorisation.deployment d
            where d.ended_at is null and not exists
              (select 1 from authorisation.mandate m where m.deployment_id = d.id and m.ended_at is null)`
        ).map((row) => row.id)
  for (const id of ids)
    await guarded(deps, id, () =>
      inTransaction(deps.sql, async (tx) => {
        await evaluate(tx, deps, id, null)
        if (which === 'all') await warn(tx, deps, id)
      }),
    )
}

async function warn(tx: Tx, deps: AuthorisationDeps, id: string): Promise<void> {
  const nowMs = deps.clock.nowMs()
  const standing = await standingOf(tx, deps, id, nowMs)
  if (standing === null || standing.file.deployment.ended !== null) return
  const { deployment: d, site, mandates } = standing.file
  const due = mandates.some((m) => m.class === 'ordinary') ? warningDue(standing, nowMs) : null
  const { untilMs } = authorityOf(d)
  if (due === null || untilMs === null || d.untilDay === null) return
  const left = Temporal.PlainDate.from(civilDay(nowMs, d.timeZone)).until(d.untilDay, {
    largestUnit: 'days',
  }).days
  await openTask(tx, {
    kind: 'deployment.ending',
    provider: d.provider,
    ...placeOf(site),
    title: `${d.reference} ends ${left <= 0 ? 'today' : left === 1 ? 'tomorrow' : `in ${left} days`}. Going on takes a fresh approval.`,
    roles: [
      ...new Set([
        ...rolesFor(standing.pack, 'deployment.propose'),
        ...rolesFor(standing.pack, 'deployment.install'),
      ]),
    ],
    about: { deployment: id },
    dueMs: untilMs,
    clause: due.clause,
    nowMs,
  })
}

/** Footage tells how much came in after the end, 0 too; the ledger has it from footage. It never grows less. */
export async function recordOverrun(
  deps: Pick<AuthorisationDeps, 'sql'>,
  mandateId: string,
  overrunMs: number,
): Promise<void> {
  await setOverrun(deps.sql, mandateId, overrunMs)
}

async function guarded(
  { log, sql }: Pick<AuthorisationDeps, 'log' | 'sql'>,
  deployment: string,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await inTurn(sql, work)
  } catch (error) {
    log.error({ deployment, why: story(error) }, 'a deployment could not be looked at; it is tried again')
  }
}
