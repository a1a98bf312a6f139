/** How what is asked of somebody is told on a page: state, rule, what waits for it. */
import { actionLabels, type CourseWay, clauseHref, clauseLabel, type Pack } from '#policy/policy.ts'
import { day, type Html, html, marks } from '#web/web.ts'
import type { Landlord } from '../training-parts.ts'
import type { Need, NeedState } from '../training-state.ts'

export const wayWords: Readonly<Record<CourseWay, string>> = {
  induction: 'Induction',
  'on-the-job': 'Learned on the job',
  'team-session': 'Team session',
  briefing: 'Briefing',
  course: 'Course',
  reading: 'Reading',
}

export const stateWords: Readonly<Record<NeedState, string>> = {
  done: 'In date',
  due: 'Ends soon',
  missing: 'To do',
  late: 'Late',
  over: 'Has ended',
}

const looks: Readonly<Record<NeedState, 'lawful' | 'waiting' | 'attention' | 'stopped'>> = {
  done: 'lawful',
  due: 'waiting',
  missing: 'waiting',
  late: 'attention',
  over: 'stopped',
}

export const needTag = (need: Need): Html =>
  marks.stateTag(
    looks[need.state],
    need.state === 'done' && (need.kind === 'policy' || need.kind === 'briefing')
      ? 'Read'
      : stateWords[need.state],
  )

export const stateTagOf = (state: NeedState, words: string): Html => marks.stateTag(looks[state], words)

export const kindWords: Readonly<Record<Need['kind'], string>> = {
  training: 'Training',
  licence: 'Licence',
  policy: 'Policy',
  briefing: 'Briefing',
}

/** The clause that asks for it, or that the document is silent; own courses have neither. */
export function sourceOf(pack: Pack, need: Pick<Need, 'clause' | 'silent'>): Html | null {
  if (need.clause !== null) return marks.clause(clauseLabel(pack, need.clause), clauseHref(pack, need.clause))
  return need.silent === null
    ? null
    : html`<span class="overt-muted">The policy does not say. ${need.silent}</span>`
}

/** "Until 3 March 2029", "By 20 December 2026". */
export function dayWordsOf(need: Need): Html | string {
  if (need.day === null) return need.record === null ? '' : 'Does not run out'
  if (need.state === 'missing') return html`By ${day(need.day)}`
  if (need.state === 'late') return html`Was due ${day(need.day)}`
  return need.state === 'over' ? html`Ended ${day(need.day)}` : html`Until ${day(need.day)}`
}

/** "Nobody may look at recorded footage without it." */
export const waitsFor = (need: Need): Html | null =>
  need.before.length === 0
    ? null
    : html`<span class="overt-muted">Without it you may not ${need.before
        .map((action) => actionLabels[action])
        .join(', or ')}.</span>`

/** The last four signs of a licence number; the rest is nobody's business on a page. */
export const masked = (number: string | null): string =>
  number === null ? 'Number forgotten' : `•••• ${number.slice(-4)}`

export const titleOf = (landlord: Landlord, role: string): string =>
  landlord.pack.values.roles.find(({ code }) => code === role)?.title ?? role

export const rolesWords = (landlord: Landlord, roles: readonly string[]): string =>
  roles.length === 0 ? 'Everybody' : roles.map((role) => titleOf(landlord, role)).join(', ')
