/** What a pack sets, in plain words, one line per value: for the policy page, beside the clause or under what is silent. */
import { actionLabels } from './actions.ts'
import { privateViewRule } from './field-of-view.ts'
import type { Pack } from './pack.ts'
import { inSentence } from './points.ts'
import type { Training } from './training.ts'
import { transitionRules } from './transition.ts'
import type { DeploymentType, Ending, Ruled, Sourced, Values } from './values.ts'

export type Setting = {
  /** Label of the deployment type it is about ("In a resident's home"), or null for all of them. */
  readonly placement: string | null
  /** "a camera runs for". */
  readonly label: string
  /** "28 days". */
  readonly words: string
  readonly clause: string | null
  /** Why, where the document is silent; else a remark or null. */
  readonly why: string | null
}

type Say = <T>(value: T) => string

const days: Say = (n) => (n === null ? 'no number of days' : n === 1 ? '1 day' : `${n} days`)
const months: Say = (n) => (n === 1 ? 'every month' : n === 12 ? 'every year' : `every ${n} months`)
const hours: Say = (n) => (n === 1 ? '1 hour' : `${n} hours`)
const minutes: Say = (n) => `${n} minutes`
const plain: Say = (v) => String(v)
const yesNo =
  (yes: string, no: string): Say =>
  (v) =>
    v ? yes : no

const ruled = <T>(label: string, given: Ruled<T>, say: Say): Setting => ({
  placement: null,
  label,
  words: say(given.value),
  clause: given.clause,
  why: given.why,
})

const line = (label: string, words: string, source: Sourced): Setting => ({
  placement: null,
  label,
  words,
  clause: source.clause,
  why: source.silent,
})

/** Said of what a policy sets and nothing carries out yet: nobody should read it as done. */
const notYet = '(not in Overt yet)'

/** Every value of the pack. A line with a clause is the document's; a line without is Overt's answer to its silence. */
export function settings(pack: Pack): Setting[] {
  const v = pack.values
  const title = (role: string) => v.roles.find((r) => r.code === role)?.title ?? role
  return [
    ruled('Reference', v.document.reference, plain),
    ruled('Day of effect', v.document.effective, plain),
    ruled('Next review of the document', v.document.nextReview, plain),
    ruled('Owner', v.document.owner, plain),
    ruled('Work on the document goes to', v.upkeep.ownerRole, (role) => title(String(role))),
    ruled('Author', v.upkeep.author, plain),
    ruled('Looked at again by', v.upkeep.reviewer, plain),
    ruled('Looked at again', v.upkeep.reviewMonths, (n) => (n === null ? 'on the day it names' : months(n))),
    ...v.upkeep.audience.map((a) => line('Written for', a.label, a)),
    ...v.upkeep.approvals.map((a) =>
      line('Agreed by', [a.body, a.on, a.doubt].filter((part) => part !== null).join('. '), a),
    ),
    ...v.upkeep.earlier.map((e) => line('Looked at sooner when', e.label, e)),
    ...v.upkeep.consulted.map((c) => line('Asked about it', c.label, c)),
    ...v.upkeep.questions.map((q) => line('People are asked', q.ask, q)),
    ...v.upkeep.channels.map((c) => line('Made known through', channelWords[c.code], c)),
    ...v.standards.map((s) => line('It keeps to', [s.title, s.edition].filter(Boolean).join(', '), s)),
    ...v.papers.map((p) => line('Beside it stands', p.title, p)),
    ...v.roles.map((role) => line('A role', role.title, role)),
    ruled('A code from an own device is asked of', v.accounts.secondFactor, (who) =>
      who === 'everybody' ? 'everybody' : 'those who may see footage, and administrators',
    ),
    ruled('Time to set such a device up', v.accounts.secondFactorGraceDays, days),
    ruled('A role that may see footage is given for at most', v.accounts.roleMonthsMax, (n) =>
      n === null ? 'no number of months' : n === 1 ? '1 month' : `${n} months`,
    ),
    ...v.accounts.areaRoles.map((one) =>
      line('A role that reaches its own areas only', title(one.role), one),
    ),
    ...v.accounts.reportRoles.map((one) =>
      line('A role that reaches what its own reports reach', title(one.role), one),
    ),
    ruled('Somebody stands in for somebody absent for at most', v.accounts.deputyDaysMax, days),
    ...v.accounts.conflictLifters.map((one) =>
      line('A declared conflict is lifted by', title(one.role), one),
    ),
    ruled('Unusual use is told to', v.accounts.unusualUseTo, (role) => title(String(role))),
    ...v.purposes.map((p) => line('A camera may be for', p.label, p)),
    ...v.incidents.list.map((i) => line('A case may be about', i.label, i)),
    ruled(
      'Other kinds of trouble',
      v.incidents.open,
      yesNo('may be added, with a reason', 'may not be added'),
    ),
    ...v.deploymentTypes.flatMap((type) => ofType(type, title)),
    ruled('Footage is kept for at most', v.retentionDays, days),
    ...v.viewing.purposes.map((p) => line('Footage may be looked at to', p.label, p)),
    ...v.viewing.forbiddenPurposes.map((p) => line('Footage is never looked at to', p.label, p)),
    ruled('Looking needs a reason', v.viewing.reasonNeeded, yesNo('yes', 'no')),
    ruled('Looking needs a case', v.viewing.caseNeeded, yesNo('yes', 'no')),
    ruled('Longest span of one viewing', v.viewing.spanHoursMax, hours),
    ruled('A viewing ends after', v.viewing.minutesMax, minutes),
    ruled('Watching live', v.live.allowed, yesNo('is allowed, to those whose role has it', 'is not allowed')),
    ruled('Watching live ends after', v.live.minutesMax, minutes),
    ruled('Where people watch live, the sign says so', v.live.signSaysMonitored, yesNo('yes', 'no')),
    ruled('A hold lasts at most', v.holds.daysMax, days),
    ruled('A hold placed by a request lasts at first', v.holds.provisionalDays, days),
    ruled('Footage that is not good enough as evidence is deleted', v.exhibits.belowThreshold, (w) =>
      w === 'delete-on-decision' ? `as soon as that is decided ${notYet}` : 'when its days are over',
    ),
    ruled('Evidence is kept', v.exhibits.kept, plain),
    ruled('What is handed over is encrypted', v.exhibits.encrypted, yesNo(`yes ${notYet}`, 'no')),
    ...v.disclosure.recipients.map((r) =>
      line('Footage may be given to', [r.label, r.agreement, r.procedure].filter(Boolean).join(' – '), r),
    ),
    ruled('The data protection officer hears of every hand-over', v.disclosure.dpoTold, yesNo('yes', 'no')),
    ruled('Why the recipient needs it is recorded', v.disclosure.necessityNeeded, yesNo('yes', 'no')),
    ruled('Every hand-over is logged', v.disclosure.logged, yesNo('yes', 'no')),
    ruled('Signs', v.sign.needed, yesNo('are needed', 'are not needed')),
    ...v.sign.mustSay.map((s) => line('A sign says', signWords[s.code], s)),
    ...v.sign.places.map((s) => line('A sign stands', signPlaces[s.code], s)),
    ruled('A data protection impact assessment', v.dpia.needed, yesNo('comes first', 'is not asked for')),
    ruled('The assessment is reviewed', v.dpia.reviewMonths, months),
    ...v.dpia.reopenedBy.map((r) =>
      line(
        r.code === 'new-purpose'
          ? 'The assessment is opened again when'
          : 'The assessment is to be opened again, of which Overt does not remind yet, when',
        reopened[r.code],
        r,
      ),
    ),
    ...v.dpia.questions.map((q) => line('The assessment asks', q.ask, q)),
    ruled('The resident is told to leave the camera alone', v.agreement.toldNotToTamper, yesNo('yes', 'no')),
    ...v.siteChecklist.map((c) => line('The installer confirms', c.ask, c)),
    ...v.technologiesRefused.map((t) => line('Refused', t.label, t)),
    ruled('Private property may be in view', privateViewRule(pack), (way) =>
      way === 'mask' ? 'only where a mask hides it' : 'with leave in writing, or hidden by a mask',
    ),
    ruled('A camera of an older system may go on for now by word of', transitionRules(pack).decider, (role) =>
      title(String(role)),
    ),
    ruled('It may go on for at most', transitionRules(pack).daysMax, days),
    ruled('Who looks for a colleague', v.viewing.colleagueConsent, (roles) =>
      (roles as readonly string[]).length === 0
        ? 'asks nobody else'
        : `needs the yes of a second person first: ${(roles as readonly string[]).map(title).join(' or ')}`,
    ),
    ruled('Such a yes is good for', v.viewing.consentHours, hours),
    ruled('Exceptions from what footage is never looked at for', v.viewing.exceptions.decidedBy, (roles) =>
      (roles as readonly string[]).length === 0
        ? 'there are none'
        : `are decided by ${(roles as readonly string[]).map(title).join(' or ')}`,
    ),
    ...ofTraining(v.training, title),
    ruled('The result of a consultation is stated by', v.consultation.resultBy, (roles) =>
      (roles as readonly string[]).length === 0 ? 'nobody' : (roles as string[]).map(title).join(' or '),
    ),
    ruled('A consultation is open for at least', v.consultation.daysOpenMin, days),
    ruled('A consultation shows what the camera costs', v.consultation.costShown, yesNo('yes', 'no')),
    ruled('Running costs are paid', v.consultation.chargeBasis, (b) =>
      b === 'service-charge' ? 'from service charges' : 'by the landlord',
    ),
    ...v.consultation.exemptions.map((e) => line('No consultation is needed for', e.label, e)),
    ...v.sound.approvals.map((a) => line('Sound is agreed to by', title(a.role), a)),
    ruled('Sound lasts at most', v.sound.daysMax, days),
    ruled('Sound may be for', v.sound.purposes, (codes) =>
      (codes as readonly string[]).length === 0
        ? 'no purpose'
        : v.purposes
            .filter((p) => (codes as string[]).includes(p.code))
            .map((p) => p.label)
            .join('; '),
    ),
    ruled('A short cut past the steps', v.urgentRoute, yesNo('there is one', 'there is none')),
    ruled('Operators of a system', v.register.operators, yesNo('are named', 'need not be named')),
    ruled(
      'A procedure for each system',
      v.register.procedure,
      yesNo('is needed, and those who run it say that they know it', 'is not asked for'),
    ),
    ruled('Dash cams of staff', v.register.dashCamMonths, (m) =>
      m === false ? 'may not be used at work' : `are declared, again after ${String(m)} months`,
    ),
    ...v.register.sitesOut.map((s) => line('The policy does not cover', placesOut[s.kind], s)),
    ...v.register.security.map((s) => line('Of each system it is asked', s.ask, s)),
    ruled('These answers are given again', v.register.securityMonths, months),
    ...v.register.supplierProofs.map((p) => line('A supplier shows', p.label, p)),
    ruled('Days before a supplier’s papers run out on which it is said', v.register.supplierWarnDays, days),
  ]
}

const placesOut = {
  home: 'residents’ homes',
  communal: 'shared parts of buildings',
  office: 'our own offices and workshops',
  land: 'open land, car parks and garages',
  other: 'other places',
} as const

/** The lines of one kind of placement. */
function ofType(type: DeploymentType, title: (role: string) => string): Setting[] {
  const its: Setting[] = [
    ruled('a camera runs for', type.maxDays, days),
    ruled('warnings before the end', type.warnDaysBefore, (w) => `${(w as number[]).join(', ')} days before`),
    ruled('a day of removal is needed', type.removalDateNeeded, yesNo('yes', 'no')),
    ruled('it is reviewed', type.reviewMonths, months),
    ...type.approvals.map((a) => line('agreed to by', title(a.role), a)),
    ruled('whoever asked may approve', type.proposerMayApprove, yesNo('yes', 'no')),
    ruled('only where there is no other means', type.noOtherMeansNeeded, yesNo('yes', 'no')),
    ruled('the resident agrees', type.residentAgreement, yesNo('yes', 'no')),
    ...type.gates.map((g) => line('before it records', gateWords[g.code], g)),
    ruled('sound', type.audio, (a) =>
      a === 'off' ? 'is off' : 'is off unless somebody decides otherwise, with a reason and an end',
    ),
    ...type.endsAtOnce.map((e) => line('recording ends at once when', endingWords[e.what], e)),
    ...type.graceDays.map((e) =>
      line(
        `recording ends after ${days(e.days)} when`,
        e.what === 'review-overdue' ? `${endingWords[e.what]} ${notYet}` : endingWords[e.what],
        e,
      ),
    ),
    ruled('public page', type.publicPage, (p) =>
      p === 'listed'
        ? 'is found through its sign, and in a public list (the list is not in Overt yet)'
        : 'cannot be found or guessed',
    ),
  ]
  return [
    line('A camera may be', inSentence(type.label), type),
    ...its.map((s) => ({ ...s, placement: type.label })),
  ]
}

/** What people learn, hold and read, and what waits for it. */
function ofTraining(training: Training, title: (role: string) => string): Setting[] {
  const whom = (roles: readonly string[]) =>
    roles.length === 0 ? 'everybody' : roles.map((role) => title(role)).join(', ')
  return [
    ...training.courses.map((one) => line('People learn', `${one.title}: ${whom(one.for)}`, one)),
    ...training.licences.map((one) => line('People hold', `${one.title}: ${whom(one.for)}`, one)),
    ...[...training.courses, ...training.licences].flatMap((one) =>
      one.before.map((gate) => line(`To ${actionLabels[gate.action]} one needs`, one.title, gate)),
    ),
    ruled(
      'Without training and licence in date',
      training.comesFirst,
      yesNo('there is no picture', 'the person and their manager are reminded, and nothing waits'),
    ),
    ruled('Whoever has a role reads the policy within', training.policyReadDays, days),
  ]
}

const channelWords: Readonly<Record<Values['upkeep']['channels'][number]['code'], string>> = {
  website: 'the website',
  intranet: 'the intranet',
  pdf: 'a PDF to take away',
  staff: 'word to staff',
}

const gateWords: Readonly<Record<DeploymentType['gates'][number]['code'], string>> = {
  purpose: 'its purpose and reason are recorded',
  alternatives: 'less intrusive means are recorded',
  consultation: 'the people concerned are consulted',
  dpia: 'the data protection impact assessment is accepted',
  approval: 'it is approved',
  'resident-agreement': 'the resident has agreed',
  signs: 'the signs are up',
  'site-checklist': 'the site checklist is complete',
  'field-of-view': 'nothing private is in view without leave',
  'reference-picture': 'a reference picture is accepted',
  dates: 'its dates are set',
  recorder: 'a recorder sees the camera',
}

const endingWords: Readonly<Record<Ending, string>> = {
  'approval-withdrawn': 'an approval is taken back',
  'authority-expired': 'its time is over',
  'audio-expired': 'the time for sound is over',
  'agreement-withdrawn': 'the agreement to it is taken back',
  'camera-moved': 'the camera is moved or turned',
  'sign-missing': 'a sign is reported missing',
  'dpia-overdue': 'the review of its assessment is late',
  'review-overdue': 'its own review is late',
}

const signWords: Readonly<Record<Values['sign']['mustSay'][number]['code'], string>> = {
  operator: 'who runs the cameras',
  contact: 'whom to contact',
  purpose: 'what the cameras are for',
  monitored: 'that people watch live, where they do',
  audio: 'that sound is recorded, where it is',
  'cctv-in-use': 'that CCTV is running',
}

const signPlaces: Readonly<Record<Values['sign']['places'][number]['code'], string>> = {
  entry: 'at the way in',
  'near-camera': 'near the camera',
  'at-camera': 'where the camera is',
}

const reopened: Readonly<Record<Values['dpia']['reopenedBy'][number]['code'], string>> = {
  moved: 'a camera is moved',
  're-aimed': 'a camera is turned',
  upgraded: 'equipment is upgraded',
  'new-purpose': 'the purpose changes',
  'new-technology': 'the technology changes',
}

/** How a clause is named in small print: `Derby Homes 4.2.1`. */
export function clauseLabel(pack: Pack, id: string): string {
  const clause = pack.clauses.get(id)
  return clause === undefined ? id : `${pack.name} ${clause.number}`
}

/** Where a clause is read in full, in our words. */
export const clauseHref = (pack: Pack, id: string): string => `/policy/${pack.provider}#${id}`

/** What each role may do, in words, with where the role comes from. */
export function roleAbilities(
  pack: Pack,
): readonly (Sourced & { readonly title: string; readonly may: readonly string[] })[] {
  return pack.values.roles.map((role) => ({
    title: role.title,
    clause: role.clause,
    silent: role.silent,
    may: (pack.values.abilities[role.code] ?? []).map((action) => actionLabels[action]),
  }))
}
