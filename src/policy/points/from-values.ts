/** Points that packs already set among the values that decide: read from there, so that nothing stands twice. */
import type { Ruled, Sourced, Values } from '../values.ts'

export type Read = {
  readonly words: string | null
  readonly clauses: readonly string[]
  readonly why: string | null
}

const ruled = <T>(given: Ruled<T>, say: (value: T) => string): Read => ({
  words: say(given.value),
  clauses: given.clause === null ? [] : [given.clause],
  why: given.why,
})

/** Where the document names some and Overt adds others, the two are told apart. */
function inTwo(list: readonly Sourced[], words: readonly string[]): string {
  const said = words.filter((_, at) => list[at]?.clause !== null)
  const added = words.filter((_, at) => list[at]?.clause === null)
  if (said.length === 0 || added.length === 0) return words.join('; ')
  return `${said.join('; ')}. Overt adds, of its own: ${added.join('; ')}`
}

const lines = (list: readonly Sourced[], words: readonly string[]): Read => ({
  words: words.length === 0 ? 'none' : inTwo(list, words),
  clauses: [...new Set(list.flatMap((line) => line.clause ?? []))],
  why: list.length === 0 ? 'It names none.' : (list.find((line) => line.clause === null)?.silent ?? null),
})

/** One value of each kind of placement: "In a home: 28". */
function perType<T>(
  values: Values,
  of: (type: Values['deploymentTypes'][number]) => Ruled<T>,
  say: (value: T) => string,
): Read {
  const each = values.deploymentTypes.map((type) => ({ label: type.label, given: of(type) }))
  const saidOfSome = each.some(({ given }) => given.clause !== null)
  // What the document says of one kind of placement is not carried over to another.
  const mark = (given: Ruled<T>) => (saidOfSome && given.clause === null ? ' (of this it says nothing)' : '')
  return {
    words: each.map(({ label, given }) => `${label}: ${say(given.value)}${mark(given)}`).join('; '),
    clauses: [...new Set(each.flatMap(({ given }) => given.clause ?? []))],
    why: each.find(({ given }) => given.silent)?.given.why ?? null,
  }
}

const yesNo = (value: boolean) => (value ? 'yes' : 'no')
const days = (value: number | null) => (value === null ? 'no number of days' : `${value} days`)

export const fromValues: Readonly<
  Record<string, { readonly label: string; readonly read: (values: Values) => Read }>
> = {
  'retention.system_days': {
    label: 'Days for which footage is kept at most',
    read: (v) => ruled(v.retentionDays, days),
  },
  'retention.evidence_rule': {
    label: 'How long evidence is kept',
    read: (v) => ruled(v.exhibits.kept, String),
  },
  'retention.non_evidential': {
    label: 'Footage that is no evidence',
    read: (v) =>
      ruled(v.exhibits.belowThreshold, (w) =>
        w === 'delete-on-decision' ? 'deleted as soon as that is decided' : 'deleted when its days are over',
      ),
  },
  'deployment.max_days': {
    label: 'How long a camera may run under one authority',
    read: (v) => perType(v, (type) => type.maxDays, days),
  },
  'deployment.permanence_classes': {
    label: 'Kinds of placement',
    read: (v) =>
      lines(
        v.deploymentTypes,
        v.deploymentTypes.map((type) => `${type.label} (${type.permanence})`),
      ),
  },
  'purpose.allowed': {
    label: 'What a camera may be for',
    read: (v) =>
      lines(
        v.purposes,
        v.purposes.map((p) => p.label),
      ),
  },
  'assess.dpia': {
    label: 'Data protection impact assessment',
    read: (v) => ruled(v.dpia.needed, (w) => (w ? 'comes first' : 'is not asked for')),
  },
  'authorise.approver': {
    label: 'Who approves a camera',
    read: (v) => {
      const all = v.deploymentTypes.flatMap((type) => type.approvals.map((a) => ({ type, ...a })))
      const title = (code: string) => v.roles.find((r) => r.code === code)?.title ?? code
      return lines(
        all,
        all.map((a) => `${a.type.label}: ${title(a.role)}`),
      )
    },
  },
  'authorise.separation_of_duties': {
    label: 'Whoever asked may approve',
    read: (v) => perType(v, (type) => type.proposerMayApprove, yesNo),
  },
  'install.signage': { label: 'Signs are needed', read: (v) => ruled(v.sign.needed, yesNo) },
  'install.signage_content': {
    label: 'What a sign says',
    read: (v) =>
      lines(
        v.sign.mustSay,
        v.sign.mustSay.map((s) => s.code.replaceAll('-', ' ')),
      ),
  },
  'tech.audio': {
    label: 'Sound',
    read: (v) =>
      perType(
        v,
        (type) => type.audio,
        (a) => a.replaceAll('-', ' '),
      ),
  },
  'tech.prohibited': {
    label: 'Technology that is refused',
    read: (v) =>
      lines(
        v.technologiesRefused,
        v.technologiesRefused.map((t) => t.label),
      ),
  },
  'view.who': {
    label: 'Who may look at footage',
    read: (v) => {
      const may = v.roles.filter((r) => v.abilities[r.code]?.includes('footage.view'))
      return lines(
        may,
        may.map((r) => r.title),
      )
    },
  },
  'view.justification': {
    label: 'What footage may be looked at for',
    read: (v) =>
      lines(
        v.viewing.purposes,
        v.viewing.purposes.map((p) => p.label),
      ),
  },
  'disclose.recipients': {
    label: 'Who may be given footage',
    read: (v) =>
      lines(
        v.disclosure.recipients,
        v.disclosure.recipients.map((r) => r.label),
      ),
  },
  'disclose.dpo_role': {
    label: 'The data protection officer hears of every hand-over',
    read: (v) => ruled(v.disclosure.dpoTold, yesNo),
  },
  'disclose.log': { label: 'Every hand-over is logged', read: (v) => ruled(v.disclosure.logged, yesNo) },
}
