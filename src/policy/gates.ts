/**
 * The gates between a proposal and a mandate, computed from facts. Nobody sets a gate; a page can always ask why not
 * yet. A gate that the pack doesn't list does not exist for that provider.
 */
import { daysBetween } from '#base/base.ts'
import type { Action } from './actions.ts'
import { againstAgreed, type DeviceWord } from './analytics.ts'
import { rolesFor } from './decide.ts'
import { openPointsGate } from './decided.ts'
import { typeOf } from './derive.ts'
import { type FieldOfViewFacts, privateViewRule, unsettled } from './field-of-view.ts'
import type { Pack } from './pack.ts'
import { inSentence } from './points.ts'
import type { DeploymentType, GateKind } from './values.ts'

export type GateState =
  /** What it asks for is there. */
  | 'met'
  /** Somebody can do it now: see `who`. */
  | 'open'
  /** Waits for another gate, or cannot be met as things are: see `why`. */
  | 'blocked'

export type Gate = {
  /** `landlord-decisions`, `purpose`, `alternatives`, `consultation`, `dpia`, `approval:<role>`, `resident-agreement`, `signs`, `site-checklist`, `field-of-view`, `reference-picture`, `dates`, `recorder`. */
  readonly code: string
  readonly label: string
  readonly state: GateState
  readonly clause: string | null
  /** The document doesn't ask for it; Overt does. `silence` says why. */
  readonly silent: boolean
  readonly silence: string | null
  /** Role codes whose turn it is; empty when met. */
  readonly who: readonly string[]
  /** One sentence: what is there, what is missing, or what it waits for. */
  readonly why: string
}

/** Days are civil days at the site. */
export type GateFacts = {
  readonly deploymentType: string
  readonly today: string
  readonly proposedBy: string
  readonly purposes: readonly string[]
  readonly reason: string
  /** Less intrusive means tried, in words; '' when none recorded. */
  readonly alternatives: string
  /** The resident has no other means of capturing it; null when not asked. */
  readonly noOtherMeans: boolean | null
  /** Of those who would pay or be filmed, where the pack asks for it; null or absent: not held. */
  readonly consultation?: {
    /** Last day on which answers are taken. */
    readonly closesOn: string
    readonly result: 'go-ahead' | 'no' | null
  } | null
  /**
   * A new building, by its first tenancy; absent or null: none is recorded. `begun`: recording began before anybody
   * lived there.
   */
  readonly newBuild?: { readonly firstTenancyDay: string; readonly begun: boolean } | null
  readonly dpia: {
    readonly id: string
    readonly version: number
    readonly author: string
    readonly acceptedBy: string | null
    /** Day on which its review falls due; null until accepted. */
    readonly reviewDay: string | null
    /** A change since it was accepted asks for a new version. */
    readonly reopened: boolean
  } | null
  readonly approvals: readonly { readonly role: string; readonly by: string; readonly withdrawn: boolean }[]
  readonly agreement: { readonly day: string; readonly withdrawn: boolean } | null
  /** `place` is one of the pack's `sign.places`. Signs that belong there and don't hang yet have no photo. */
  readonly signs: readonly {
    readonly id: string
    readonly version: number
    readonly place: string
    /** A photo proves place and version. */
    readonly photo: boolean
    /** Reported missing or damaged. */
    readonly missing: boolean
    /** What hangs says something else than it must by now. */
    readonly outdated?: boolean
    /** The photo couldn't be read and waits for a second person's word. */
    readonly waiting?: boolean
  }[]
  /** `answered`: codes of the pack's `siteChecklist` that hold. */
  readonly checklist: {
    readonly by: string
    readonly qualified: boolean
    readonly answered: readonly string[]
  } | null
  /** What the camera sees by the plan of its site; null or absent: not looked up. */
  readonly fieldOfView?: FieldOfViewFacts | null
  readonly reference: { readonly id: string; readonly accepted: boolean } | null
  /** `until` is the last day on which the camera may record: one day only has `from` = `until`. */
  readonly dates: {
    readonly from: string
    readonly until: string | null
    readonly removal: string | null
    readonly review: string | null
  } | null
  readonly recorder: {
    readonly enrolled: boolean
    readonly cameraAnswers: boolean
    /** What the camera says that it does, and what the proposal says; null or absent: it never said. */
    readonly device?: DeviceWord | null
  } | null
}

/** What one gate's rule finds: null when met, else whose turn it is and what is missing. */
type Finding = { readonly state: GateState; readonly who: readonly string[]; readonly why: string }

const met = (why: string): Finding => ({ state: 'met', who: [], why })
const open = (who: readonly string[], why: string): Finding => ({ state: 'open', who, why })
const blocked = (who: readonly string[], why: string): Finding => ({ state: 'blocked', who, why })

/**
 * All gates of the deployment's type, in the pack's order. An unknown type gives one gate that cannot be met, so
 * that no mandate comes of it.
 */
export function gates(pack: Pack, facts: GateFacts): Gate[] {
  const type = typeOf(pack.values, facts.deploymentType)
  if (type === undefined) {
    const why = `The policy has no camera placement called "${facts.deploymentType}".`
    return [
      { code: 'purpose', label: 'Purpose', ...blocked([], why), clause: null, silent: false, silence: null },
    ]
  }
  const undecided = openPointsGate(pack, type, rolesFor(pack, 'policy.decide'))
  const asked = type.gates.flatMap((rule): Gate[] => {
    const turn = (action: Action) => (rule.who.length > 0 ? rule.who : rolesFor(pack, action))
    const source = { clause: rule.clause, silent: rule.silent !== null, silence: rule.silent }
    if (rule.code !== 'approval') {
      const check = checks[rule.code]
      return [{ code: rule.code, label: labels[rule.code], ...check(pack, type, facts, turn), ...source }]
    }
    return type.approvals.map((approval) => ({
      code: `approval:${approval.role}`,
      label: `Approval by ${titleOf(pack, approval.role)}`,
      ...approvalBy(pack, type, facts, approval.role),
      clause: approval.clause,
      silent: approval.silent !== null,
      silence: approval.silent,
    }))
  })
  return [...undecided, ...asked]
}

/** Does every gate hold? An empty list never does. */
export const allMet = (list: readonly Gate[]): boolean =>
  list.length > 0 && list.every((g) => g.state === 'met')

const labels: Readonly<Record<Exclude<GateKind, 'approval'>, string>> = {
  purpose: 'Purpose',
  alternatives: 'Less intrusive means',
  consultation: 'Consultation',
  dpia: 'Data protection impact assessment',
  'resident-agreement': 'Resident’s agreement',
  signs: 'Signs',
  'site-checklist': 'Site checklist',
  'field-of-view': 'What it sees',
  'reference-picture': 'Reference picture',
  dates: 'Dates',
  recorder: 'Recorder and camera',
}

const titleOf = (pack: Pack, role: string): string =>
  pack.values.roles.find((r) => r.code === role)?.title ?? role

type Check = (
  pack: Pack,
  type: DeploymentType,
  facts: GateFacts,
  turn: (action: Action) => readonly string[],
) => Finding

const checks: Readonly<Record<Exclude<GateKind, 'approval'>, Check>> = {
  purpose(pack, _type, facts, turn) {
    const listed = facts.purposes.every((code) => pack.values.purposes.some((p) => p.code === code))
    if (!listed)
      return open(turn('deployment.propose'), 'A purpose was chosen that the policy does not name.')
    if (facts.purposes.length === 0 || facts.reason === '')
      return open(turn('deployment.propose'), 'The purpose and the reason are not recorded yet.')
    return met('The purpose and the reason are recorded.')
  },

  alternatives(_pack, type, facts, turn) {
    if (type.noOtherMeansNeeded.value && facts.noOtherMeans === false)
      return blocked(
        turn('deployment.propose'),
        'The resident has other means of capturing this, so the policy allows no camera here.',
      )
    if (type.noOtherMeansNeeded.value && facts.noOtherMeans === null)
      return open(
        turn('deployment.propose'),
        'Nobody has recorded yet whether the resident has other means of capturing this.',
      )
    if (facts.alternatives === '')
      return open(
        turn('deployment.propose'),
        'Nobody has recorded yet which less intrusive means were tried.',
      )
    return met('Less intrusive means are recorded.')
  },

  consultation(pack, type, { consultation, newBuild, today, dates }, turn) {
    const who = turn('consultation.run')
    const exempt = pack.values.consultation.exemptions.some(
      (e) => e.code === 'new-build' && e.types.includes(type.code),
    )
    if (consultation) {
      if (consultation.result === 'no')
        return blocked(who, 'The consultation ended against this camera. A new one would have to be held.')
      if (today <= consultation.closesOn)
        return open(who, `People may answer until ${consultation.closesOn}; the result comes after that day.`)
      if (consultation.result === null)
        return open(
          pack.values.consultation.resultBy.value,
          'The answers are in. The result is not stated yet.',
        )
      return met('Those who would pay were consulted, and the result is recorded.')
    }
    if (exempt && newBuild) {
      if (newBuild.begun) return met('It was fitted before anybody lived there.')
      const first = dates === null || dates.from < today ? today : dates.from
      if (first < newBuild.firstTenancyDay)
        return met(`Nobody lives there before ${newBuild.firstTenancyDay}.`)
      return open(
        who,
        `The first tenancy is on ${newBuild.firstTenancyDay}, before the camera records: consult those who would pay.`,
      )
    }
    if (exempt)
      return open(
        who,
        'Nobody has recorded yet from which day people live there, and those who pay were not consulted.',
      )
    return open(who, 'Those who would pay have not been consulted yet.')
  },

  dpia(pack, _type, facts, turn) {
    const { dpia } = facts
    if (dpia === null) return open(turn('dpia.write'), 'The assessment is not written yet.')
    if (dpia.reopened)
      return open(turn('dpia.write'), 'Something changed since it was accepted, so it needs a new version.')
    if (dpia.acceptedBy === null)
      return open([pack.values.dpoRole], `Version ${dpia.version} waits to be accepted.`)
    if (dpia.acceptedBy === dpia.author)
      return open([pack.values.dpoRole], 'It was accepted by the person who wrote it, which does not count.')
    if (dpia.reviewDay !== null && facts.today >= dpia.reviewDay)
      return open(turn('dpia.write'), `Its review was due on ${dpia.reviewDay}.`)
    return met(`Version ${dpia.version} is accepted.`)
  },

  'resident-agreement'(_pack, _type, { agreement }, turn) {
    if (agreement === null) return open(turn('deployment.install'), 'The resident has not agreed yet.')
    if (agreement.withdrawn)
      return blocked(turn('deployment.install'), 'The resident has withdrawn their agreement.')
    return met(`The resident agreed on ${agreement.day}.`)
  },

  signs(pack, _type, facts, turn) {
    const fault = (sign: GateFacts['signs'][number]) =>
      sign.missing
        ? 'missing'
        : sign.waiting === true
          ? 'waiting'
          : !sign.photo
            ? 'none'
            : sign.outdated === true
              ? 'outdated'
              : null
    const lacking = pack.values.sign.places.flatMap(({ code }) => {
      const here = facts.signs.filter((sign) => sign.place === code).map(fault)
      const what = here.length === 0 ? 'none' : here.find((one) => one !== null)
      return what ? [signFaults[what](signPlaces[code]!)] : []
    })
    if (lacking.length > 0) return open(turn('deployment.install'), lacking.join(' '))
    return met('The signs are up, each with its photo.')
  },

  'site-checklist'(pack, _type, { checklist }, turn) {
    if (checklist === null)
      return open(turn('deployment.install'), 'The site checklist is not filled in yet.')
    if (!checklist.qualified)
      return open(turn('deployment.install'), 'Whoever filled it in is not recorded as qualified to install.')
    const missing = pack.values.siteChecklist.filter((item) => !checklist.answered.includes(item.code))
    if (missing.length > 0)
      return open(turn('deployment.install'), `Still to confirm: ${missing.map((m) => m.ask).join(' ')}`)
    return met('The site checklist is complete.')
  },

  'field-of-view'(pack, type, facts, turn) {
    const who = turn('deployment.install')
    const view = facts.fieldOfView ?? { drawn: false, stale: false, refused: [], private: [] }
    if (view.refused.length > 0)
      return blocked(
        who,
        `It sees ${view.refused.join(', ')}, which is a private room. No camera may. Aim it elsewhere and draw it again.`,
      )
    const lacking = unsettled(pack, view)
    if (lacking.length > 0)
      return open(
        who,
        `It sees ${lacking.join(', ')}: ${privateViewRule(pack).value === 'mask' ? 'a mask in the camera' : 'leave in writing or a mask in the camera'} is missing.`,
      )
    if (view.stale) return open(who, 'It was moved since it was drawn on the plan. Draw it again.')
    if (view.drawn)
      return met('It is drawn on the plan of the site, and nothing private is seen without leave.')
    // Without a plan whoever installs it answers for what it sees.
    if (!type.gates.some((rule) => rule.code === 'site-checklist'))
      return open(who, 'It is not drawn on the plan of the site yet.')
    const list = checks['site-checklist'](pack, type, facts, turn)
    return list.state === 'met'
      ? met('It is not drawn on a plan; whoever installed it has confirmed what it sees.')
      : { ...list, why: 'It is not drawn on the plan of the site, and the site checklist is not complete.' }
  },

  'reference-picture'(_pack, _type, facts, turn) {
    if (facts.reference?.accepted) return met('The reference picture shows only what it should.')
    if (facts.recorder === null || !facts.recorder.enrolled)
      return blocked(turn('reference.capture'), 'It waits for a recorder and a camera that answers.')
    if (facts.reference !== null)
      return open(turn('reference.capture'), 'The picture is taken and waits to be accepted.')
    return open(turn('reference.capture'), 'No reference picture has been taken yet.')
  },

  dates(_pack, type, { dates, today }, turn) {
    const who = turn('deployment.propose')
    if (dates === null) return open(who, 'The dates are not set yet.')
    const { from, until, removal, review } = dates
    if (type.maxDays.value !== null) {
      if (until === null) return open(who, `Give the last day: at most ${type.maxDays.value} days.`)
      if (daysBetween(from, until) + 1 > type.maxDays.value)
        return open(who, `The policy allows ${type.maxDays.value} days and these dates are longer.`)
    }
    if (until !== null && until < from) return open(who, 'The last day is before the first.')
    if (until !== null && until < today)
      return blocked(who, 'The last day has passed. Going on needs a new proposal.')
    if (type.removalDateNeeded.value && removal === null)
      return open(who, 'Give the day on which the camera is taken down.')
    if (type.permanence === 'temporary' && until === null) return open(who, 'Give the last day.')
    if (removal !== null && until !== null && until > removal)
      return open(who, 'The last day is after the day on which the camera is taken down.')
    if (review === null) return open(who, 'Give the day on which somebody asks whether it is still needed.')
    return met(until === null ? `From ${from}, until it is reviewed.` : `From ${from} to ${until}.`)
  },

  recorder(pack, _type, { recorder }, turn) {
    const who = turn('deployment.install')
    if (recorder === null || !recorder.enrolled) return open(who, 'No recorder is set for this camera.')
    if (!recorder.cameraAnswers) return open(who, 'The recorder cannot reach the camera yet.')
    const device = recorder.device ?? null
    if (device === null)
      return met('The recorder sees the camera. What else it does, the camera doesn’t say.')
    const words = againstAgreed(pack.values.technologiesRefused, device)
    if (words !== null) return open(who, words)
    return met('The recorder sees the camera, and it does nothing that was not agreed.')
  },
}

const signPlaces: Readonly<Record<string, string>> = {
  entry: 'at the entry',
  'near-camera': 'near the camera',
  'at-camera': 'where the camera is',
}

const signFaults = {
  none: (where: string) => `No sign with a photo is recorded ${where}.`,
  missing: (where: string) => `A sign ${where} is missing or damaged.`,
  waiting: (where: string) => `The photo of a sign ${where} waits for a second person’s word.`,
  outdated: (where: string) => `A sign ${where} shows older words. The new version must hang.`,
}

/** Gates that come before any approval, when the pack has them. */
const beforeApproval = ['purpose', 'alternatives', 'consultation', 'dpia'] as const

function approvalBy(pack: Pack, type: DeploymentType, facts: GateFacts, role: string): Finding {
  const standing = facts.approvals.filter((a) => !a.withdrawn && a.by !== facts.proposedBy)
  const mine = standing.filter((a) => a.role === role)
  // Two roles held by one person are still one person: each approval needs somebody else behind it.
  const others = new Set(standing.filter((a) => a.role !== role).map((a) => a.by))
  if (mine.some((a) => !others.has(a.by))) return met('Approved.')
  if (mine.length > 0)
    return open([role], 'The same person gave another approval too. A different person must give this one.')
  const waiting = beforeApproval.filter(
    (code) =>
      type.gates.some((rule) => rule.code === code) &&
      checks[code](pack, type, facts, () => []).state !== 'met',
  )
  if (waiting.length > 0)
    return blocked([role], `It waits for: ${waiting.map((code) => inSentence(labels[code])).join(', ')}.`)
  const withdrawn = facts.approvals.some((a) => a.role === role && a.withdrawn)
  return open([role], withdrawn ? 'The approval was withdrawn.' : 'Nobody in this role has decided yet.')
}
