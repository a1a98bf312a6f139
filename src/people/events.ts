/** The ledger entries of people, in plain words. Names are looked up by the page; a leaf holds ids only. */
import type { Json } from '#base/base.ts'

type Leaf = {
  readonly data: { readonly [name: string]: Json }
  readonly about: Readonly<Record<string, string>>
  readonly personal: Readonly<Record<string, string>>
}

const whom = (leaf: Leaf) => leaf.personal['name'] ?? 'a person whose name was erased'
/** `derby-homes/housing-officer` → "housing officer at derby-homes". */
const roleWords = (code: Json): string => {
  const [provider, role] = String(code).split('/')
  return `${(role ?? '').replaceAll('-', ' ')} at ${provider}`
}
const roles = (leaf: Leaf) => {
  const given = leaf.data['roles']
  return Array.isArray(given) && given.length > 0
    ? ` Roles: ${given.map(roleWords).join(', ')}.`
    : ' No roles.'
}

export const ledgerEvents: Readonly<Record<string, (leaf: Leaf) => string>> = {
  'person.set-up': (leaf) =>
    `${whom(leaf)} set Overt up as its first administrator, with the policy ${leaf.data['pack']}.`,
  'person.created': (leaf) => `An account was made for ${whom(leaf)}.${roles(leaf)}`,
  'person.changed': (leaf) =>
    `The account of ${whom(leaf)} was changed.${roles(leaf)}${leaf.data['administrator'] ? ' Administrator.' : ''}`,
  'person.invited': (leaf) => `A link to choose a password was made for ${whom(leaf)}.`,
  'person.deactivated': (leaf) =>
    `The account of ${whom(leaf)} was closed, and they were signed out everywhere.`,
  'person.activated': (leaf) => `The account of ${whom(leaf)} was opened again.`,
  'person.deputy-named': (leaf) =>
    `${leaf.personal['deputy'] ?? 'Somebody'} was named to stand in for ${whom(leaf)}.`,
  'person.deputy-ended': (leaf) =>
    `${leaf.personal['deputy'] ?? 'Somebody'} no longer stands in for ${whom(leaf)}.`,
  'person.conflict-declared': (leaf) =>
    `${whom(leaf)} declared a conflict with a ${leaf.data['kind']}, and neither decides nor looks there.`,
  'person.conflict-lifted': (leaf) => `A conflict that ${whom(leaf)} had declared was lifted, with a reason.`,
  'person.engineer-let-in': (leaf) =>
    `${whom(leaf)}, an engineer from outside, was let in for a planned visit.`,
  'person.engineer-out': (leaf) => `${whom(leaf)}, an engineer from outside, was put out before the end.`,
  'person.handed-on': (leaf) =>
    `What ${whom(leaf)} had in hand went to ${leaf.personal['successor'] ?? 'the holders of the role'}.`,
  'person.role-renewed': (leaf) => `A role of ${whom(leaf)} was given again.`,
  'person.unusual-use-answered': (leaf) =>
    leaf.data['unusual']
      ? 'Unusual use was looked into and found to be so.'
      : 'Unusual use was looked into: a false alarm.',
  'person.unusual-use-noticed': (leaf) => `Unusual use was noticed by the rule “${leaf.data['rule']}”.`,
  'person.signed-in': () => 'Somebody signed in.',
  'person.sign-in-failed': (leaf) =>
    leaf.data['blocked']
      ? 'A sign-in was refused: too many wrong tries for that name.'
      : 'A sign-in was refused: wrong name or password.',
  'person.signed-out': () => 'Somebody signed out.',
  'person.signed-out-everywhere': (leaf) =>
    `Somebody signed out everywhere (${leaf.data['sessions']} browsers).`,
  'person.password-changed': () =>
    'Somebody changed their password; their other browsers were signed out, and their access tokens ended.',
  'person.second-step-on': () =>
    'Somebody set up their second step: signing in now also asks for a code from their own device.',
  'person.second-step-failed': (leaf) =>
    leaf.data['blocked']
      ? 'A second step was refused: too many wrong codes.'
      : 'A second step was refused: the code was wrong or used already.',
  'person.second-step-reset': (leaf) =>
    `The device for codes was taken off the account of ${whom(leaf)}, who was told and signed out everywhere.`,
  'person.recovery-code-used': (leaf) =>
    `Somebody signed in with a recovery code. ${leaf.data['left']} are left.`,
  'person.recovery-codes-made': () => 'Somebody made new recovery codes; their old ones are dead.',
  'person.token-made': (leaf) =>
    `Somebody made an access token for a program, for ${leaf.data['days']} days.`,
  'person.mail-chosen': (leaf) =>
    `Somebody chose how often Overt writes to them: ${leaf.data['address'] ? leaf.data['often'] : 'no address'}.`,
  'person.token-revoked': () => 'Somebody ended an access token.',
  'training.recorded': (leaf) =>
    `A training of ${whom(leaf)} was recorded (${leaf.data['code']}), done on ${leaf.data['doneOn']}${leaf.data['lastDay'] ? `, good until ${leaf.data['lastDay']}` : ''}.`,
  'licence.recorded': (leaf) =>
    `A licence of ${whom(leaf)} was recorded (${leaf.data['code']}), good until ${leaf.data['lastDay']}.`,
  'licence.number-forgotten': (leaf) => `The number of a licence was forgotten (${leaf.data['code']}).`,
  'qualification.ended': (leaf) =>
    `A record of ${leaf.data['of'] === 'licence' ? 'a licence' : 'training'} was taken back (${leaf.data['code']}).${leaf.personal['reason'] ? ` Reason: ${leaf.personal['reason']}.` : ''}`,
  'course.added': (leaf) => `A course of the landlord’s own was added (${leaf.data['code']}).`,
  'course.ended': (leaf) => `A course of the landlord’s own was ended (${leaf.data['code']}).`,
  'briefing.given': (leaf) => `A briefing was given, to be read by ${leaf.data['dueOn']}.`,
  'briefing.acknowledged': () => 'Somebody said that they have read a briefing.',
  'policy.acknowledged': (leaf) =>
    `Somebody said that they have read the policy, in the version of ${leaf.data['version']}.`,
}
