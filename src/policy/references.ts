/** Every name that a pack uses must exist in the pack: clauses, roles, purposes, bases, recipients. */
import type { Rule } from './cedar.ts'
import { controls } from './controls.ts'
import type { Clause } from './pack.ts'
import { pointMistakes } from './points.ts'
import { trainingMistakes } from './training.ts'
import { endings, type Values } from './values.ts'
import type { Mistake, Sheet } from './yaml.ts'

type Parts = {
  readonly sheet: Sheet
  readonly values: Values
  readonly rules: readonly Rule[]
  readonly clauses: ReadonlyMap<string, Clause>
  readonly slug: string
  readonly version: string
}

export function checkReferences(parts: Parts, mistakes: Mistake[]): void {
  const { sheet, values, rules, clauses } = parts
  const wrong = (path: readonly PropertyKey[], message: string) =>
    mistakes.push({ file: 'policy.yaml', line: sheet.lineOf(path), message })

  if (values.provider.slug !== parts.slug)
    wrong(['provider', 'slug'], `the slug is "${values.provider.slug}" but the folder is "${parts.slug}"`)
  if (values.document.effective.value !== parts.version)
    wrong(
      ['document', 'effective'],
      `the day of effect is ${values.document.effective.value} but the folder is ${parts.version}`,
    )

  for (const { path, id } of clausesIn(sheet.given)) {
    if (!clauses.has(id)) wrong(path, `${id} is not a clause of this policy (see clauses.yaml)`)
  }
  for (const rule of rules) {
    if (rule.clause !== null && !clauses.has(rule.clause))
      mistakes.push({
        file: 'access.cedar',
        line: rule.line,
        message: `@clause("${rule.clause}") is not a clause of this policy (see clauses.yaml)`,
      })
  }
  for (const { key, message } of pointMistakes(values.points))
    wrong(key === '' ? ['points'] : ['points', key], message)
  checkCodes(values, wrong)
  checkUpkeep(values, clauses, wrong)
  checkWork(values, wrong)
  for (const [index, type] of values.deploymentTypes.entries())
    checkEndings(type, ['deploymentTypes', index], wrong)
}

type Wrong = (path: readonly PropertyKey[], message: string) => void

function checkCodes(values: Values, wrong: Wrong): void {
  const roles = new Set(values.roles.map((r) => r.code))
  const role = (path: readonly PropertyKey[], code: string) => {
    if (!roles.has(code)) wrong(path, `"${code}" is not one of this pack's roles`)
  }
  unique('roles', values.roles, wrong)
  unique('purposes', values.purposes, wrong)
  unique('lawfulBases', values.lawfulBases, wrong)
  unique('deploymentTypes', values.deploymentTypes, wrong)
  role(['dpoRole'], values.dpoRole)
  for (const list of ['areaRoles', 'reportRoles', 'conflictLifters'] as const)
    for (const [index, one] of values.accounts[list].entries()) role(['accounts', list, index], one.role)
  role(['accounts', 'unusualUseTo'], values.accounts.unusualUseTo.value)
  for (const code of Object.keys(values.abilities)) role(['abilities', code], code)
  for (const { code } of values.roles)
    if (values.abilities[code] === undefined)
      wrong(
        ['abilities'],
        `role "${code}" has no line under abilities; write an empty list if it may do nothing`,
      )

  for (const { path, message } of trainingMistakes(values.training, values.abilities)) wrong(path, message)
  for (const code of values.viewing.colleagueConsent.value) role(['viewing', 'colleagueConsent'], code)
  for (const code of values.viewing.exceptions.decidedBy.value) role(['viewing', 'exceptions'], code)
  if (
    values.viewing.forbiddenPurposes.some((purpose) => purpose.exception) !==
    values.viewing.exceptions.decidedBy.value.length > 0
  )
    wrong(
      ['viewing', 'exceptions'],
      'a forbidden purpose with an exception needs somebody under decidedBy, and nobody else does',
    )

  const bases = new Set(values.lawfulBases.map((b) => b.code))
  for (const [index, purpose] of values.purposes.entries())
    for (const basis of purpose.lawfulBases)
      if (!bases.has(basis))
        wrong(['purposes', index, 'lawfulBases'], `"${basis}" is not one of this pack's lawfulBases`)

  const recipients = new Set(values.disclosure.recipients.map((r) => r.code))
  for (const [index, basis] of values.disclosure.bases.entries())
    for (const kind of basis.recipients)
      if (!recipients.has(kind))
        wrong(['disclosure', 'bases', index, 'recipients'], `"${kind}" is not one of this pack's recipients`)

  for (const [index, type] of values.deploymentTypes.entries()) {
    for (const [at, approval] of type.approvals.entries())
      role(['deploymentTypes', index, 'approvals', at, 'role'], approval.role)
    for (const [at, gate] of type.gates.entries())
      for (const who of gate.who) role(['deploymentTypes', index, 'gates', at, 'who'], who)
    unique(
      'approvals',
      type.approvals.map((a) => ({ code: a.role })),
      (path, m) => wrong(['deploymentTypes', index, ...path], m),
    )
    unique('gates', type.gates, (path, m) => wrong(['deploymentTypes', index, ...path], m))
    const gated = type.gates.some((g) => g.code === 'approval')
    if (gated !== type.approvals.length > 0)
      wrong(
        ['deploymentTypes', index, 'approvals'],
        'the gate "approval" and the list of approvals belong together: give both or neither',
      )
    const agreement = type.gates.some((g) => g.code === 'resident-agreement')
    if (agreement !== type.residentAgreement.value)
      wrong(
        ['deploymentTypes', index, 'residentAgreement'],
        'residentAgreement and the gate "resident-agreement" belong together',
      )
    if (type.permanence === 'temporary' && type.maxDays.value === null && !type.removalDateNeeded.value)
      wrong(
        ['deploymentTypes', index, 'maxDays'],
        'a temporary camera needs an end: a number of days, or a removal date',
      )
  }
}

/** What can happen to a running camera is answered exactly once: at once, or after some days of grace. */
function checkEndings(
  type: Values['deploymentTypes'][number],
  path: readonly PropertyKey[],
  wrong: Wrong,
): void {
  const atOnce = type.endsAtOnce.map((e) => e.what)
  const later = type.graceDays.map((e) => e.what)
  for (const what of endings) {
    const count = [...atOnce, ...later].filter((w) => w === what).length
    if (count !== 1)
      wrong(
        [...path, 'endsAtOnce'],
        `"${what}" must stand once, under endsAtOnce or graceDays; it stands ${count} times`,
      )
  }
  // The end of these authorities ends the picture, whatever a landlord would like (design §5).
  for (const what of [
    'approval-withdrawn',
    'authority-expired',
    'audio-expired',
    'agreement-withdrawn',
  ] as const)
    if (later.includes(what))
      wrong([...path, 'graceDays'], `"${what}" ends recording at once and can have no days of grace`)
}

function unique(list: string, items: readonly { readonly code: string }[], wrong: Wrong): void {
  const seen = new Set<string>()
  for (const [index, { code }] of items.entries()) {
    if (seen.has(code)) wrong([list, index], `"${code}" stands here a second time`)
    seen.add(code)
  }
}

/** Every `clause: …` anywhere in the file, with its path. */
function* clausesIn(
  given: unknown,
  path: PropertyKey[] = [],
): Generator<{ path: PropertyKey[]; id: string }> {
  if (Array.isArray(given)) {
    for (const [index, item] of given.entries()) yield* clausesIn(item, [...path, index])
  } else if (typeof given === 'object' && given !== null) {
    for (const [key, value] of Object.entries(given)) {
      if (key === 'clause' && typeof value === 'string') yield { path: [...path, key], id: value }
      else yield* clausesIn(value, [...path, key])
    }
  }
}

/** Late work is told to roles of the pack. */
function checkWork(values: Values, wrong: Wrong): void {
  for (const role of values.work.escalateTo.value)
    if (!values.roles.some(({ code }) => code === role))
      wrong(['work', 'escalateTo'], `"${role}" is not one of this pack's roles`)
}

/** Who keeps the document is a role of it, and what answers a standard exists. */
function checkUpkeep(values: Values, clauses: ReadonlyMap<string, Clause>, wrong: Wrong): void {
  const owner = values.upkeep.ownerRole.value
  if (!values.roles.some((role) => role.code === owner))
    wrong(['upkeep', 'ownerRole'], `"${owner}" is not one of this pack's roles`)
  unique('standards', values.standards, wrong)
  unique('papers', values.papers, wrong)
  for (const [index, standard] of values.standards.entries()) {
    for (const id of standard.controls)
      if (!controls.has(id)) wrong(['standards', index, 'controls'], `there is no control "${id}"`)
    for (const id of standard.clauses)
      if (!clauses.has(id)) wrong(['standards', index, 'clauses'], `${id} is not a clause of this policy`)
  }
}
