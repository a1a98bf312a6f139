/**
 * What people decide about a deployment after it is proposed: assessment, agreement, approval, and its end. Each is one
 * step under the deployment's lock (`act`), refused by clause where the policy says no.
 */
import { addDays, civilDay, type Result } from '#base/base.ts'
import { closeTask } from '#casework/casework.ts'
import { append } from '#ledger/ledger.ts'
import { deputyFor } from '#policy/policy.ts'
import { retireSheets } from '#register/register.ts'
import { aboutOf, act, ask, type By, denied, no, principalAt, reason, yes } from './asking.ts'
import { endAuthority, isStopped, type Standing } from './evaluate.ts'
import { gateFacts } from './facts.ts'
import { currentMandate } from './mandate-store.ts'
import { endMandate } from './mandates.ts'
import type { AgreementWay, ApprovalDecision } from './model.ts'
import * as store from './store.ts'
import { allowedForAll, askersOf } from './whose.ts'

// ---- approval ----

export function decideApproval(
  by: By & {
    /** In which of their roles. */
    readonly role: string
    readonly decision: ApprovalDecision
    readonly reason: string
    /** Of the page it was decided on (`factsMark`). */
    readonly mark: string
  },
): Promise<Result<{ decision: ApprovalDecision }>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const { file, pack } = standing
      const d = file.deployment
      const gates = new Map(standing.gates.map((g) => [g.code, g.state === 'met']))
      const facts = gateFacts(file, true, nowMs)
      const verdict = allowedForAll(askersOf(d), (proposedBy) =>
        ask(pack, by.person, standing, 'deployment.approve', {
          deploymentType: d.type,
          role: by.role,
          proposedBy,
          approvedBy: facts.approvals.filter((a) => !a.withdrawn).map((a) => a.by),
          dpiaAccepted: gates.get('dpia') ?? false,
          alternativesRecorded: gates.get('alternatives') ?? false,
          purposesStated: gates.get('purpose') ?? false,
        }),
      )
      // A refusal or a delay needs no more than the role: only a yes must wait for what comes before it.
      const early = ['approve-after-dpia', 'approve-after-purpose', 'approve-after-alternatives']
      const reasons = verdict.reasons.filter((r) => by.decision === 'approve' || !early.includes(r.code))
      if (!verdict.allowed && reasons.length > 0) return denied(reasons)
      if (by.decision !== 'approve' && by.reason === '')
        return no(
          reason('reason', by.decision === 'refuse' ? 'Say why it is refused.' : 'Say what it waits for.'),
        )
      const standsInFor = deputyFor(
        by.person,
        { provider: d.provider, area: file.site.area, patch: file.site.patchId, siteId: file.site.id },
        by.role,
      )
      const decided = file.approvals.find(
        (a) => a.role === by.role && a.proposalVersion === d.version && a.decision !== 'defer',
      )
      const written =
        !decided &&
        (await store.insertApproval(tx, d.id, {
          role: by.role,
          proposalVersion: d.version,
          decision: by.decision,
          reason: by.reason,
          personId: by.person.id,
          atMs: nowMs,
          deputyFor: standsInFor,
        }))
      if (!written)
        return no(
          reason(
            'decided',
            'Somebody has already decided this in the same role. Nothing more is needed from you.',
          ),
        )
      await append(tx, {
        kind: `approval.${by.decision === 'approve' ? 'given' : by.decision === 'refuse' ? 'refused' : 'deferred'}`,
        actor: by.person.id,
        provider: d.provider,
        about: { ...aboutOf(standing), ...(standsInFor === null ? {} : { deputyFor: standsInFor }) },
        data: {
          role: by.role,
          proposalVersion: d.version,
          ...(standsInFor === null ? {} : { asDeputy: true }),
        },
        ...(by.reason === '' ? {} : { personal: { reason: by.reason } }),
        atMs: nowMs,
      })
      if (by.decision === 'refuse')
        await endAuthority(tx, by.deps, d, {
          cause: 'refused',
          atMs: nowMs,
          by: by.person.id,
          reason: by.reason,
        })
      return yes({ decision: by.decision })
    },
  })
}

// ---- agreement ----

export function recordAgreement(
  by: By & {
    readonly residentName: string
    readonly how: AgreementWay
    readonly toldNotToTamper: boolean
    readonly day: string
  },
): Promise<Result<null>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const { file, pack } = standing
      const d = file.deployment
      const gate = standing.gates.find((g) => g.code === 'resident-agreement')
      if (!gate) return no(reason('agreement', 'The policy asks for no agreement here.'))
      const decision = ask(pack, by.person, standing, 'deployment.install', { deploymentType: d.type })
      const proposer = ask(pack, by.person, standing, 'deployment.propose', {
        deploymentType: d.type,
        purposes: d.purposes,
        lawfulBasis: d.lawfulBasis,
        reason: d.reason,
        technologies: d.technologies,
      })
      if (!decision.allowed && !proposer.allowed) return denied(decision.reasons)
      if (by.day > civilDay(nowMs, d.timeZone))
        return no(reason('day', 'The day of the agreement can’t be in the future.'))
      const told = pack.values.agreement.toldNotToTamper
      if (told.value && !by.toldNotToTamper)
        return no(
          reason('told', 'Tell the resident not to tamper with the camera, and say so here.', told.clause),
        )
      const id = await store.insertAgreement(tx, d.id, {
        residentName: by.residentName,
        how: by.how,
        toldNotToTamper: by.toldNotToTamper,
        day: by.day,
        recordedBy: by.person.id,
        recordedMs: nowMs,
      })
      if (id === null) return no(reason('agreed', 'The resident’s agreement is recorded already.'))
      await append(tx, {
        kind: 'agreement.recorded',
        actor: by.person.id,
        provider: d.provider,
        about: { ...aboutOf(standing), agreement: id },
        data: { how: by.how, day: by.day },
        personal: { resident: by.residentName },
        atMs: nowMs,
      })
      return yes(null)
    },
  })
}

/** A resident's word ends the camera in their home at once: no permission beyond seeing it, no reason asked of them. */
export function withdrawAgreement(by: By & { readonly how: AgreementWay }): Promise<Result<null>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const d = standing.file.deployment
      const id = await store.withdrawAgreement(tx, d.id, by.how, by.person.id, nowMs)
      if (id === null) return no(reason('agreement', 'No agreement is recorded that could be withdrawn.'))
      await append(tx, {
        kind: 'agreement.withdrawn',
        actor: by.person.id,
        provider: d.provider,
        about: { ...aboutOf(standing), agreement: id },
        data: { how: by.how },
        atMs: nowMs,
      })
      await endAuthority(tx, by.deps, d, {
        cause: 'agreement-withdrawn',
        atMs: nowMs,
        by: by.person.id,
        reason: null,
      })
      return yes(null)
    },
  })
}

// ---- the end ----

/** An approver takes the approval back: authority ends at this instant and doesn't come back without a new proposal. */
export function withdrawApproval(by: By & { readonly reason: string }): Promise<Result<{ endedMs: number }>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const d = standing.file.deployment
      const decision = ask(standing.pack, by.person, standing, 'deployment.withdraw', {
        deploymentType: d.type,
        reason: by.reason,
      })
      if (!decision.allowed) return denied(decision.reasons)
      await endAuthority(tx, by.deps, d, {
        cause: 'withdrawn',
        atMs: nowMs,
        by: by.person.id,
        reason: by.reason,
      })
      return yes({ endedMs: nowMs })
    },
  })
}

/** Stop needs no permission: anyone signed in who works for the landlord, or runs the installation (design §5). */
export function stopDeployment(by: By & { readonly reason: string }): Promise<Result<{ endedMs: number }>> {
  return act({
    ...by,
    sight: ({ file }) =>
      by.person.administrator || by.person.roles.some((r) => r.provider === file.deployment.provider),
    async work(tx, standing, nowMs) {
      const d = standing.file.deployment
      const decision = ask(standing.pack, by.person, standing, 'deployment.stop', {})
      if (!decision.allowed) return denied(decision.reasons)
      const id = await store.insertStop(tx, d.id, by.person.id, by.reason, nowMs)
      if (id === null) return no(reason('stopped', 'It is stopped already.'))
      await append(tx, {
        kind: 'deployment.stopped',
        actor: by.person.id,
        provider: d.provider,
        about: aboutOf(standing),
        data: { reference: d.reference },
        ...(by.reason === '' ? {} : { personal: { reason: by.reason } }),
        atMs: nowMs,
      })
      const mandate = await currentMandate(tx, d.cameraId)
      if (mandate?.deploymentId === d.id)
        await endMandate(tx, by.deps, mandate, { cause: 'stopped', atMs: nowMs, actor: by.person.id })
      return yes({ endedMs: nowMs })
    },
  })
}

/** Going on after a stop takes one who may approve; where the policy has no approval, one who may end it. */
export function liftStop(by: By & { readonly reason: string }): Promise<Result<null>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const d = standing.file.deployment
      const decision = ask(standing.pack, by.person, standing, 'deployment.withdraw', {
        deploymentType: d.type,
        reason: by.reason,
      })
      if (!decision.allowed) return denied(decision.reasons)
      const { approvals } = standing.pack.values.deploymentTypes.find(({ code }) => code === d.type)!
      const { roles } = principalAt(by.person, d.provider, standing.file.site)
      if (approvals.length > 0 && !approvals.some(({ role }) => roles.includes(role)))
        return denied([
          reason('lift', 'Only somebody who may approve this camera lets it go on.', approvals[0]!.clause),
        ])
      if (!isStopped(standing.file) || !(await store.liftStop(tx, d.id, by.person.id, by.reason, nowMs)))
        return no(reason('stopped', 'It isn’t stopped.'))
      await append(tx, {
        kind: 'deployment.resumed',
        actor: by.person.id,
        provider: d.provider,
        about: aboutOf(standing),
        data: { reference: d.reference },
        personal: { reason: by.reason },
        atMs: nowMs,
      })
      return yes(null)
    },
  })
}

/** The camera has been taken down; its signs with it. */
export function recordRemoval(by: By): Promise<Result<null>> {
  return act({
    ...by,
    afterEnd: true,
    async work(tx, standing, nowMs) {
      const { file, pack } = standing
      const d = file.deployment
      const decision = ask(pack, by.person, standing, 'deployment.install', { deploymentType: d.type })
      if (!decision.allowed) return denied(decision.reasons)
      if (d.ended === null)
        return no(reason('running', 'Its authority still runs. Stop it or have it withdrawn first.'))
      if (!(await store.markRemoved(tx, d.id, by.person.id, nowMs)))
        return no(reason('removed', 'The removal is recorded already.'))
      await retireSheets(tx, d.cameraId, nowMs)
      await append(tx, {
        kind: 'deployment.removed',
        actor: by.person.id,
        provider: d.provider,
        about: aboutOf(standing),
        data: { reference: d.reference },
        atMs: nowMs,
      })
      await closeTask(tx, {
        kind: 'deployment.remove',
        about: { deployment: d.id },
        by: by.person.id,
        nowMs,
      })
      return yes(null)
    },
  })
}

/** Days before the end on which the pack wants a warning; the largest that has come. */
export function warningDue(
  standing: Standing,
  nowMs: number,
): { readonly days: number; readonly clause: string | null } | null {
  const { file, pack } = standing
  const { untilDay, timeZone, type } = file.deployment
  const rules = pack.values.deploymentTypes.find((t) => t.code === type)
  if (untilDay === null || !rules) return null
  const today = civilDay(nowMs, timeZone)
  const due = rules.warnDaysBefore.value.filter((days) => today >= addDays(untilDay, -days))
  return due.length === 0 ? null : { days: Math.min(...due), clause: rules.warnDaysBefore.clause }
}
